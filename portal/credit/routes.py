"""Doors of the credit lists; the steps of review are editorial's."""

from portal.core.roles import Role
from portal.core.web import Door, get, post
from portal.credit import desk, desk_tables, public

CONTENT = (Role.EDITOR, Role.REVIEWER)

doors: list[Door] = [
    get("/credit", public.index, is_kept=True),
    get("/credit/{entry_no}", public.show, is_kept=True),
    get("/credit/{entry_no}/objection", public.objection),
    post("/credit/{entry_no}/objection", public.send_objection, name="objection", body_mb=64, limit="20/hour"),
    get("/desk/credit", desk.desk_index, CONTENT),
    get("/desk/credit/new", desk.desk_new, CONTENT),
    post("/desk/credit/new", desk.desk_create, CONTENT, name="desk_new"),
    get("/desk/credit/import", desk_tables.desk_import, CONTENT),
    post("/desk/credit/import", desk_tables.read_import, CONTENT, name="desk_import", body_mb=64),
    get("/desk/credit/export", desk_tables.desk_export, CONTENT),
    get("/desk/credit/batches", desk_tables.batches, CONTENT),
    post("/desk/credit/batches", desk_tables.open_batch, CONTENT, name="batches"),
    get("/desk/credit/batches/{batch_id}", desk_tables.batch, CONTENT),
    post("/desk/credit/batches/{batch_id}", desk_tables.save_batch, CONTENT, name="batch"),
    post("/desk/credit/batches/{batch_id}/approve", desk_tables.approve_batch, Role.REVIEWER),
    post("/desk/credit/matters/{matter_id}/dispute", desk.dispute, CONTENT),
    post("/desk/credit/matters/{matter_id}/extend", desk.extend, CONTENT),
    post("/desk/credit/matters/{matter_id}/decide", desk.decide, Role.REVIEWER),
    get("/desk/credit/matters/{matter_id}/files/{number}", desk.matter_file, CONTENT),
    get("/desk/credit/{entry_id}", desk.desk_show, CONTENT),
    get("/desk/credit/{entry_id}/edit", desk.desk_edit, CONTENT),
    post("/desk/credit/{entry_id}/edit", desk.desk_save, CONTENT, name="desk_edit"),
    post("/desk/credit/{entry_id}/take-down", desk.take_down, Role.REVIEWER),
]
