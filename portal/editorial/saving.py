"""What saving an editor's form means, the same for every kind of piece."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.core.errors import Conflict
from portal.core.forms import Form, text
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.editorial.diffs import Row, changed_fields
from portal.editorial.models import Piece, State
from portal.editorial.service import EditClash

Step = Callable[[int, str], object]


def keep_edit(ctx: Ctx, form: Form, piece: Piece, *, save: Step, correct: Step, is_over: bool, refusal: str) -> bool:
    """Keep a valid form: a draft is saved, a public piece gets a correction that another person must agree to.

    form has the fields version and note; save and correct are called with them.  refusal: said when the piece is over.
    False, with the error at its field, when a correction does not say what it corrects. Raises EditClash through save.
    """
    version, note = form["version"].data or 0, text(form["note"])
    if piece.state == State.PUBLISHED:
        if not note:
            form.add_error("note", _("请写明更正了什么，读者会看到。"))
            return False
        correct(version, note)
        ctx.flash(_("更正已提出，请另一位审核人确认。"))
        return True
    if is_over:
        raise Conflict(refusal)
    save(version, note)
    ctx.flash(_("已保存。"))
    return True


def changes_from(
    form: Form, clash: EditClash, mine: Mapping[str, Any], labels: Mapping[str, object]
) -> dict[str, list[Row]]:
    """What a second editor would change in the version saved in between; the form may then be sent over it.

    mine: a snapshot of what was typed.  labels: the fields to compare, key → what people call it.
    """
    # The next save is meant to replace what the editor has now seen.
    form["version"].process_data(clash.theirs.number)
    form["version"].raw_data = None
    theirs = clash.theirs.snapshot
    return changed_fields(
        {str(label): str(theirs.get(key) or "") for key, label in labels.items()},
        {str(label): str(mine.get(key) or "") for key, label in labels.items()},
    )
