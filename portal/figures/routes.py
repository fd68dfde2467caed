"""Doors of figures: groups for everybody, tables for staff."""

from portal.core.roles import CASE_STAFF, Role
from portal.core.web import Door, get
from portal.figures.desk import desk_csv, desk_funnel, desk_index, desk_waiting, desk_xlsx
from portal.figures.public import figures_csv, figures_json, group, groups, waiting
from portal.figures.warnings import warnings
from portal.figures.year import year

READERS = CASE_STAFF | {Role.ANALYST}
OVERSEERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ANALYST)

doors: list[Door] = [
    get("/campaign", year, is_kept=True),
    get("/groups", groups, is_kept=True),
    get("/groups/{key}", group, is_kept=True),
    get("/groups/{key}/waiting.svg", waiting),
    get("/data/figures.csv", figures_csv, limit="60/hour"),
    get("/data/figures.json", figures_json, limit="60/hour"),
    get("/desk/figures", desk_index, READERS),
    get("/desk/figures/waiting.svg", desk_waiting, READERS),
    get("/desk/figures/funnel.svg", desk_funnel, READERS),
    get("/desk/figures.csv", desk_csv, READERS),
    get("/desk/warnings", warnings, OVERSEERS),
    get("/desk/figures.xlsx", desk_xlsx, READERS),
]
