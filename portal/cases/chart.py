"""Public cases on a map: gathered by cells of a grid in the database, never more points than a map can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.cases import queries
from portal.cases.models import Case
from portal.cases.terms import far_overdue_before
from portal.core.clock import now
from portal.core.web import Ctx
from portal.groups import City

MOST = 300
CELLS = 4
"""A cell is a quarter of a map tile wide, a little more than a sign on it."""


@dataclass(frozen=True)
class Area:
    """A part of the map in degrees, and how closely one looks (0-18)."""

    south: float = -90.0
    west: float = -180.0
    north: float = 90.0
    east: float = 180.0
    zoom: int = 11


@dataclass(frozen=True)
class Cell:
    """Cases of one place of the grid; case_no and title where there is only one. The point is about 100 m exact."""

    lat: float
    lng: float
    count: int
    case_no: str
    title: str


def read_filter(ctx: Ctx) -> queries.PublicFilter:
    """What the query asks for; unknown values mean all."""
    city: City = ctx.city
    group = ctx.query("group") if city.find_group(ctx.query("group")) else ""
    district = ctx.query("district") if city.find_district(ctx.query("district")) else ""
    state = ctx.query("state") if ctx.query("state") in queries.PUBLIC_STATES else ""
    far_before = far_overdue_before(city, now()) if state == "late" else None
    return queries.PublicFilter(group, district, state, far_before)


def list_cells(db: Session, wanted: queries.PublicFilter, area: Area) -> Sequence[Cell]:
    """The cells of this part of the map that hold public cases, the fullest first."""
    scale = 2**area.zoom * CELLS / 360
    row, column = cast(Case.lat * scale, Integer), cast(Case.lng * scale, Integer)
    columns = (func.avg(Case.lat), func.avg(Case.lng), func.count(), func.min(Case.case_no), func.min(Case.text_public))
    query = (
        queries.narrow_public(select(*columns), wanted)
        .where(Case.lat.between(area.south, area.north), Case.lng.between(area.west, area.east))
        .group_by(row, column)
        .order_by(func.count().desc(), func.min(Case.case_no))
        .limit(MOST)
    )
    return [
        Cell(round(float(lat), 3), round(float(lng), 3), count, number if count == 1 else "", _title(words, count))
        for lat, lng, count, number, words in db.execute(query)
    ]


def _title(words: str, count: int) -> str:
    line = " ".join(words.split())
    return (line if len(line) <= 44 else f"{line[:43]}…") if count == 1 else ""


def _read_area(ctx: Ctx) -> Area:
    """The part of the map that is asked for; what is no number means the whole."""
    whole = Area()

    def number(name: str, default: float) -> float:
        try:
            value = float(ctx.query(name))
        except ValueError:
            return default
        return value if isfinite(value) else default

    zoom = int(max(0, min(18, number("zoom", whole.zoom))))
    return Area(
        number("south", whole.south), number("west", whole.west), number("north", whole.north),
        number("east", whole.east), zoom,
    )  # fmt: skip


def points(ctx: Ctx, cells: Sequence[Cell]) -> list[list[object]]:
    """Cells as the map reads them: latitude, longitude, words, address, count."""
    return [
        [
            cell.lat,
            cell.lng,
            cell.title,
            ctx.url("cases:show", case_no=cell.case_no) if cell.case_no else "",
            cell.count,
        ]
        for cell in cells
    ]


def cells(ctx: Ctx) -> Response:
    """Points for a map that was moved or zoomed."""
    found = list_cells(ctx.db, read_filter(ctx), _read_area(ctx))
    return ctx.json({"points": points(ctx, found)})
