"""Which cases this browser may open as their reporter: a signed cookie, filled by submitting or by number and code."""

import hmac
from typing import Any

from sqlalchemy.orm import Session

from portal.cases.models import Case
from portal.cases.numbering import code_hash
from portal.cases.queries import find_case, get_case
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


def remember(ctx: Ctx, case_no: str) -> None:
    """Let this browser open the case from now on."""
    others = [number for number in own_numbers(ctx) if number != case_no]
    ctx.keep_cookie(COOKIE, [case_no, *others][:MOST], COOKIE_S)


def is_own(ctx: Ctx, case_no: str) -> bool:
    """Whether this browser has shown the code of this case."""
    return case_no in own_numbers(ctx)


def get_own_case(ctx: Ctx, *loads: Any) -> Case:
    """The case in the path, for its reporter; raise NotFound for everybody else."""
    case_no = ctx.arg("case_no").upper()
    if not is_own(ctx, case_no):
        raise NotFound(_("请先用编号和查询码打开这件诉求。"), _("在“查进度”页填写编号和查询码。"))
    return get_case(ctx.db, case_no, *loads)


def find_by_code(ctx: Ctx, db: Session, case_no: str, query_code: str) -> Case | None:
    """The case that this number and code open; the same work is done whatever is wrong."""
    number = "".join(case_no.split()).upper()
    case = find_case(db, number)
    typed = code_hash(ctx.secrets, number, query_code)
    is_right = hmac.compare_digest(case.code_hash if case else NOBODY, typed)
    return case if is_right else None
