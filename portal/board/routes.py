"""Doors of the board; the steps of review are editorial's."""

from portal.board import desk, desk_findings, desk_sites, public
from portal.core.roles import Role
from portal.core.web import Door, get, post

WRITING = desk.WRITING
HANDLING = (*WRITING, Role.GROUP, Role.UNIT)

doors: list[Door] = [
    get("/board", public.index, is_kept=True),
    get("/board/{issue_no}", public.show, is_kept=True),
    get("/desk/board", desk.desk_index, HANDLING),
    get("/desk/board/new", desk.desk_new, WRITING),
    post("/desk/board/new", desk.desk_create, WRITING, name="desk_new"),
    get("/desk/board/findings/new", desk_findings.finding_new, WRITING),
    post("/desk/board/findings/new", desk_findings.finding_create, WRITING, name="finding_new", body_mb=64),
    get("/desk/board/findings/{finding_id}", desk_findings.finding, HANDLING),
    get("/desk/board/findings/{finding_id}/edit", desk_findings.finding_edit, WRITING),
    post(
        "/desk/board/findings/{finding_id}/edit", desk_findings.finding_save, WRITING, name="finding_edit", body_mb=64
    ),
    post("/desk/board/findings/{finding_id}/notify", desk_findings.notify, WRITING),
    post("/desk/board/findings/{finding_id}/begin", desk_findings.begin, HANDLING),
    post("/desk/board/findings/{finding_id}/rectify", desk_findings.rectify, HANDLING, body_mb=64),
    post("/desk/board/findings/{finding_id}/verify", desk_findings.verify, WRITING),
    post("/desk/board/findings/{finding_id}/send-back", desk_findings.send_back, WRITING),
    get("/desk/board/inspections", desk_sites.inspections, WRITING),
    post("/desk/board/inspections", desk_sites.open_inspection, WRITING, name="inspections"),
    get("/desk/board/inspections/{inspection_id}", desk_sites.inspection, WRITING),
    get("/desk/board/sites", desk_sites.sites, WRITING),
    post("/desk/board/sites", desk_sites.open_site, WRITING, name="sites"),
    post("/desk/board/sites/take-over", desk_sites.take_over, WRITING),
    post("/desk/board/sites/import", desk_sites.import_sites, WRITING, body_mb=64),
    get("/desk/board/sites/{site_id}", desk_sites.site, WRITING),
    post("/desk/board/sites/{site_id}", desk_sites.save_site, WRITING, name="site"),
    get("/desk/board/{issue_id}", desk.desk_show, WRITING),
    get("/desk/board/{issue_id}/edit", desk.desk_edit, WRITING),
    post("/desk/board/{issue_id}/edit", desk.desk_save, WRITING, name="desk_edit"),
]
