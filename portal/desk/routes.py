"""Doors of the desk: its front page, the outbox, the city's profile."""

from starlette.responses import Response

from portal.core.clock import now, today
from portal.core.roles import CASE_STAFF, STAFF, Role
from portal.core.web import Ctx, Door, get, post
from portal.desk.city import city
from portal.desk.digest import end_letter, letter
from portal.desk.handing_on import case_of_answer
from portal.desk.outbox import outbox, resend, resend_stuck
from portal.desk.places import BOARD_STAFF, place, places_of_case
from portal.desk.tasks import list_tasks


def index(ctx: Ctx) -> Response:
    """What waits for this person today."""
    return ctx.render(
        "desk/index.html",
        tasks=list_tasks(ctx.db, ctx.city, ctx.staff),
        day=today(),
        phase=ctx.city.phase_on(today()),
        is_open=ctx.city.is_open(now()),
        has_cases=ctx.staff.may(*CASE_STAFF),
        has_content=ctx.staff.may(Role.EDITOR, Role.REVIEWER),
    )


MESSENGERS = (Role.DISPATCHER, Role.ADMIN)

doors: list[Door] = [
    get("/desk", index, STAFF),
    get("/desk/outbox", outbox, MESSENGERS),
    post("/desk/outbox/resend", resend_stuck, MESSENGERS),
    post("/desk/outbox/{message_id}/resend", resend, MESSENGERS),
    post("/desk/surveys/{id}/texts/{text}/case", case_of_answer, Role.ANALYST),
    get("/desk/city", city, Role.ADMIN),
    get("/morning-letter/{token}", letter),
    post("/morning-letter/{token}", end_letter, limit="1000/hour"),
    get("/desk/places/{key}", place, CASE_STAFF | BOARD_STAFF),
    get("/desk/places/of/{case_no}", places_of_case, CASE_STAFF),
]
