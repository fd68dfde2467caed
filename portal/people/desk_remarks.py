"""The desk of readers' words under profiles: shown or not, with a reason for the file."""

from starlette.responses import Response

from portal.accounts import staff_names
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.people import remarks
from portal.people.desk import number_of


def desk_remarks(ctx: Ctx) -> Response:
    """What waits, oldest first, and what was decided last."""
    decided = remarks.list_decided(ctx.db)
    return ctx.render(
        "people/desk_remarks.html",
        waiting=remarks.list_waiting(ctx.db),
        decided=decided,
        staff=staff_names(ctx.db, [one.decided_by for one in decided]),
    )


def decide_remark(ctx: Ctx) -> Response:
    """Show a reader's words, or not."""
    is_shown = ctx.data.get("act") == "show"
    remarks.decide(
        ctx.db, number_of(ctx.arg("remark_id")), ctx.staff, is_shown=is_shown, reason=str(ctx.data.get("reason", ""))
    )
    ctx.flash(_("留言已显示。") if is_shown else _("留言不再显示，理由已记下。"))
    return ctx.redirect("people:desk_remarks")
