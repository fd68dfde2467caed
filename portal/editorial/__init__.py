"""The way to publication that every published thing goes: reviews by different people, schedule, revisions.

How a slice uses it: its row has `piece_id` (a foreign key to piece.id, unique). When a draft is made it calls
`open_piece`, makes its row, and `attach`es it; edits go through `save_revision` (or `correct` once it is public),
each with a snapshot of all fields. Public queries join Piece and carry `live()`. What its kind asks for beyond the
common way it declares once with `set_law(Kind.…, Law(…))`. The doors of the common steps (submit, review, send
back, schedule, urgent, withdraw, comment …) and their panel are here and serve every kind.
"""

from portal.editorial.attachments import (
    keep_attachment,
    list_attachments,
    take_uploads,
    use_attachments,
)
from portal.editorial.checks import Finding, check_texts
from portal.editorial.enclosures import Attachment
from portal.editorial.history import as_of
from portal.editorial.laws import Law, set_law
from portal.editorial.markdown import faults_of as markdown_faults
from portal.editorial.markdown import first_picture, plain
from portal.editorial.markdown import render as render_markdown
from portal.editorial.models import Kind, Piece, Review, Revision, State, live
from portal.editorial.panel import Panel, make_panel, open_remarks
from portal.editorial.pictures import keep_picture, picture_path, use_pictures
from portal.editorial.publication import (
    approve_correction,
    carry_through,
    confirm_urgent,
    correct,
    end_due,
    follow_up,
    publish_due,
    schedule,
    withdraw,
)
from portal.editorial.queries import get_piece, list_awaiting, list_pieces, list_revisions, next_moment
from portal.editorial.reviews import approve, ask_urgent, has_legal_review, reviews_of_round, send_back
from portal.editorial.saving import changes_from, keep_edit
from portal.editorial.service import (
    EditClash,
    add_comment,
    attach,
    newest_revision,
    open_piece,
    overrule,
    save_revision,
    submit_for_review,
)
from portal.editorial.uploads import clean_alt

__all__ = [
    "Attachment",
    "EditClash",
    "Finding",
    "Kind",
    "Law",
    "Panel",
    "Piece",
    "Review",
    "Revision",
    "State",
    "add_comment",
    "approve",
    "approve_correction",
    "ask_urgent",
    "as_of",
    "attach",
    "carry_through",
    "changes_from",
    "check_texts",
    "clean_alt",
    "confirm_urgent",
    "correct",
    "end_due",
    "first_picture",
    "follow_up",
    "get_piece",
    "has_legal_review",
    "keep_attachment",
    "keep_edit",
    "keep_picture",
    "list_attachments",
    "list_awaiting",
    "list_pieces",
    "list_revisions",
    "live",
    "make_panel",
    "markdown_faults",
    "newest_revision",
    "next_moment",
    "open_piece",
    "open_remarks",
    "overrule",
    "picture_path",
    "plain",
    "publish_due",
    "render_markdown",
    "reviews_of_round",
    "save_revision",
    "schedule",
    "send_back",
    "set_law",
    "submit_for_review",
    "take_uploads",
    "use_attachments",
    "use_pictures",
    "withdraw",
]
