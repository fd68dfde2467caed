"""Which cases this browser may open as their reporter: a signed cookie, filled by submitting or by number and code."""

import hmac
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.cases import views
from portal.cases.forms import ReachForm, TrackForm
from portal.cases.models import Case
from portal.cases.numbering import code_hash, main_number
from portal.cases.queries import find_case, get_case, list_by_number
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.web import Ctx

COOKIE = "mine"
COOKIE_S = 30 * 24 * 3600
MOST = 20
NOBODY = "0" * 64


def own_numbers(ctx: Ctx) -> list[str]:
    """The numbers of the cases this browser has opened, newest first."""
    kept = ctx.read_cookie(COOKIE, COOKIE_S)
    return [str(number) for number in kept] if isinstance(kept, list) else []


def remember(ctx: Ctx, *numbers: str) -> None:
    """Let this browser open the cases from now on; the last one named comes first."""
    kept = dict.fromkeys([*reversed(numbers), *own_numbers(ctx)])
    ctx.keep_cookie(COOKIE, list(kept)[:MOST], COOKIE_S)


def track_page(ctx: Ctx, form: TrackForm | None = None, reach: ReachForm | None = None, status: int = 200) -> Response:
    """The look-up, the cases this device knows, and the link to all of one's cases."""
    numbers = own_numbers(ctx)
    found = {case.case_no: case for case in list_by_number(ctx.db, numbers)}
    own = [
        (case, views.state_word(ctx.city, case), views.tone(case)) for number in numbers if (case := found.get(number))
    ]
    form = form or TrackForm(None, case_no=ctx.query("no"))
    return ctx.render("cases/track.html", form=form, reach=reach or ReachForm(None), own=own, status=status)


def is_own(ctx: Ctx, case_no: str) -> bool:
    """Whether this browser has shown the code of this case; a part is opened by the number it was split from."""
    own = own_numbers(ctx)
    return case_no in own or main_number(case_no) in own


def get_own_case(ctx: Ctx, *loads: Any) -> Case:
    """The case in the path, for its reporter; raise NotFound for everybody else."""
    case_no = ctx.arg("case_no").upper()
    if not is_own(ctx, case_no):
        raise NotFound(_("请先用编号和查询码打开这件诉求。"), _("在“查进度”页填写编号和查询码。"))
    return get_case(ctx.db, case_no, *loads)


def find_by_code(ctx: Ctx, db: Session, case_no: str, query_code: str) -> Case | None:
    """The case that this number and code open; the same work is done whatever is wrong."""
    number = main_number("".join(case_no.split()).upper())
    case = find_case(db, number)
    typed = code_hash(ctx.secrets, number, query_code)
    is_right = hmac.compare_digest(case.code_hash if case else NOBODY, typed)
    return case if is_right else None
