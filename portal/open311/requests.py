"""Public cases as GeoReport v2 requests: what a query asks for, the rows, and how a case reads there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from portal.cases import Case, CaseEvent, State, state_name
from portal.core.clock import CITY_ZONE, local, now
from portal.core.errors import BadInput, NotFound
from portal.core.paging import Page, list_page
from portal.groups import City

DAYS = 90
SIZE = 100
MOST = 1000
STATUSES = ("open", "closed")
NUMBERS = 50
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=CITY_ZONE), datetime(2200, 1, 1, tzinfo=CITY_ZONE)


@dataclass(frozen=True)
class Wanted:
    """A query. since, until bound the moment of submission; numbers: only these cases, whatever else was asked."""

    since: datetime
    until: datetime
    services: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    size: int = SIZE
    after: str | None = None


def read_query(params: Mapping[str, str]) -> Wanted:
    """The query in the words of the standard; raise BadInput for what cannot be read.

    Without dates the last 90 days are meant; a span is cut to 90 days, as the standard says.
    """
    until = _moment(params.get("end_date", ""), "end_date") or now()
    since = _moment(params.get("start_date", ""), "start_date")
    if since is None:
        since = until - timedelta(days=DAYS)
    elif not params.get("end_date"):
        until = min(until, since + timedelta(days=DAYS))
    statuses = _list(params, "status")
    if set(statuses) - set(STATUSES):
        raise BadInput("status must be open, closed or both")
    return Wanted(
        since=max(since, until - timedelta(days=DAYS)),
        until=until,
        services=_list(params, "service_code"),
        statuses=statuses,
        numbers=tuple(number.upper() for number in _list(params, "service_request_id")),
        size=_size(params.get("page_size", "")),
        after=params.get("after") or None,
    )


def _list(params: Mapping[str, str], name: str) -> tuple[str, ...]:
    typed = params.get(name, "")
    found = tuple(part.strip() for part in typed.replace("\x00", "").split(",") if part.strip())
    if len(found) > NUMBERS or len(typed) > 40 * NUMBERS:
        raise BadInput(f"{name} has too many values")
    return found


def _moment(typed: str, name: str) -> datetime | None:
    if not typed:
        return None
    try:
        # In a query an unescaped plus sign arrives as a blank.
        found = datetime.fromisoformat(typed.strip().replace(" ", "+")[:40])
        found = found if found.tzinfo else found.replace(tzinfo=CITY_ZONE)
        return min(max(found, EARLIEST), LATEST)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{name} must be a moment such as 2026-11-01T00:00:00+08:00") from error


def _size(typed: str) -> int:
    if not typed:
        return SIZE
    if not (typed.isascii() and typed.isdigit() and len(typed) < 5 and 1 <= int(typed) <= MOST):
        raise BadInput(f"page_size must be a whole number from 1 to {MOST}")
    return int(typed)


def _public() -> Select[Any]:
    return select(Case).where(Case.public_from <= now(), Case.is_hidden.is_(False)).options(selectinload(Case.photos))


def list_requests(db: Session, wanted: Wanted) -> Page[Case]:
    """Public cases, the newest first."""
    query = _public()
    if wanted.numbers:
        query = query.where(Case.case_no.in_(wanted.numbers))
    else:
        query = query.where(Case.submitted_at >= wanted.since, Case.submitted_at <= wanted.until)
        if wanted.services:
            query = query.where(Case.group.in_(wanted.services))
        if len(set(wanted.statuses)) == 1:
            query = query.where(Case.queue <= 1 if wanted.statuses[0] == "open" else Case.queue >= 2)
    keys = [Case.submitted_at, Case.id]
    return list_page(db, query, keys, lambda case: [case.submitted_at, case.id], wanted.after, wanted.size)


def get_request(db: Session, number: str) -> Case:
    """The public case with this number; raise NotFound."""
    is_number = number.isascii() and len(number) < 30
    case: Case | None = db.scalar(_public().where(Case.case_no == number.upper())) if is_number else None
    if case is None:
        raise NotFound("service_request_id was not found")
    return case


def get_own(db: Session, case_id: int) -> Case:
    """A case that a system handed in itself, public or not; raise NotFound when it was taken back."""
    case = db.scalar(select(Case).where(Case.id == case_id).options(selectinload(Case.photos)))
    if case is None or case.state == State.WITHDRAWN:
        raise NotFound("service_request_id was not found")
    return case


def list_history(db: Session, city: City, case: Case) -> list[dict[str, str]]:
    """The steps of a case that everybody may read, oldest first: moment, state, and what was said."""
    events = db.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.is_public).order_by(CaseEvent.id)
    )
    return [
        {
            "datetime": _written(event.at),
            "action": event.action,
            "state": event.to_state,
            "state_name": state_name(city, State(event.to_state)),
            "text": event.public_text,
        }
        for event in events
    ]


def as_request(city: City, case: Case, photo_url: str) -> dict[str, Any]:
    """A case in the fields of the standard, all of them as everybody may read them."""
    group, unit = city.find_group(case.group), city.find_unit(case.unit)
    return {
        "service_request_id": case.case_no,
        "status": "open" if case.queue <= 1 else "closed",
        "status_notes": case.reply_public or state_name(city, State(case.state)),
        "service_name": group.name if group else "",
        "service_code": case.group,
        "description": case.text_public,
        "agency_responsible": unit.name if unit else "",
        "service_notice": "",
        "requested_datetime": _written(case.submitted_at),
        "updated_datetime": _written(case.updated_at),
        "expected_datetime": _written(case.due_at),
        "address": case.place_public,
        "address_id": "",
        "zipcode": "",
        # About a hundred metres: the street, not the door.
        "lat": round(case.lat, 3) if case.lat is not None else None,
        "long": round(case.lng, 3) if case.lng is not None else None,
        "media_url": photo_url,
    }


def first_photo(case: Case) -> str | None:
    """The name of the first photo that everybody may see."""
    return next((photo.name for photo in case.photos if photo.is_public), None)


def _written(moment: datetime) -> str:
    return local(moment).isoformat(timespec="seconds")


def as_services(city: City) -> Sequence[dict[str, Any]]:
    """The city's groups as services."""
    return [
        {
            "service_code": group.key,
            "service_name": group.name,
            "description": group.covers,
            "metadata": bool(group.questions),
            "type": "realtime",
            "keywords": ",".join(group.aliases),
            "group": city.brand.campaign,
        }
        for group in (*city.groups, city.coordination)
    ]


def as_definition(city: City, code: str) -> dict[str, Any]:
    """What is asked in addition for a service; raise NotFound for an unknown one."""
    group = city.find_group(code)
    if group is None:
        raise NotFound("service_code was not found")
    return {
        "service_code": group.key,
        "attributes": [
            {
                "variable": True,
                "code": question.key,
                "datatype": "singlevaluelist" if question.options else "string",
                "required": False,
                "datatype_description": question.help,
                "order": number,
                "description": question.label,
                "values": [{"key": option, "name": option} for option in question.options],
            }
            for number, question in enumerate(group.questions, start=1)
        ],
    }
