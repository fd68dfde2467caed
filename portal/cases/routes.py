"""Doors of cases: the table is the access matrix."""

from portal.cases import chart, covering, desk, desk_queue, entry, messages, own, own_data, public, reach, submitting
from portal.core.roles import CASE_STAFF, Role
from portal.core.web import Door, get, post

OFFICE = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
"""Those who look after what becomes public."""

doors: list[Door] = [
    get("/cases", public.index, is_kept=True),
    post("/cases", submitting.submit, name="index", body_mb=64, limit="60/hour"),
    get("/cases/new", submitting.new),
    post("/cases/check", submitting.check, limit="600/hour"),
    get("/cases/track", public.track),
    post("/cases/track", public.look_up, name="track"),
    get("/cases/verify", public.verify),
    get("/cases/map.json", chart.cells, limit="1200/hour"),
    get("/cases/open/{token}", public.open_link, limit="60/hour"),
    post("/cases/forget", own.forget),
    post("/cases/link", reach.send_link),
    get("/cases/link/{token}", reach.open_all, limit="60/hour"),
    get("/cases/confirm/{token}", reach.confirm_link, limit="60/hour"),
    post("/cases/confirm/{token}", reach.confirm_by_link, limit="60/hour"),
    get("/messages/{token}", messages.wishes),
    post("/messages/{token}", messages.keep_wishes, limit="1000/hour"),
    get("/cases/{case_no}", public.show, is_kept=True),
    get("/cases/{case_no}/receipt", submitting.receipt),
    get("/cases/{case_no}/photos/{name}", public.photo),
    get("/cases/{case_no}/mine", own.show, name="mine"),
    get("/cases/{case_no}/data.json", own_data.export, limit="60/hour"),
    post("/cases/{case_no}/consent", own_data.consent),
    post("/cases/{case_no}/erase", own_data.erase),
    post("/cases/{case_no}/rating", own.rate),
    post("/cases/{case_no}/confirm", reach.confirm),
    post("/cases/{case_no}/withdraw", own.withdraw),
    post("/cases/{case_no}/edit", own.edit),
    post("/cases/{case_no}/answer", own.answer, body_mb=64),
    post("/cases/{case_no}/reopen", own.reopen),
    post("/cases/{case_no}/split", own.split),
    post("/cases/{case_no}/fixed", own.fixed),
    post("/cases/{case_no}/support", own.support, body_mb=64),
    get("/desk/cases", desk_queue.desk_index, CASE_STAFF),
    get("/desk/cases/new", entry.desk_new, Role.DISPATCHER),
    post("/desk/cases/new", entry.desk_enter, Role.DISPATCHER, name="desk_new", body_mb=64),
    get("/desk/cases/changes", desk_queue.desk_changes, CASE_STAFF),
    post("/desk/cases/bulk", desk_queue.desk_bulk, CASE_STAFF),
    post("/desk/cases/filters", desk_queue.save_filter, CASE_STAFF),
    post("/desk/cases/filters/{filter_id}/drop", desk_queue.drop_filter, CASE_STAFF),
    get("/desk/cases/{case_no}", desk.desk_show, CASE_STAFF),
    get("/desk/cases/{case_no}/photos/{name}", desk.desk_photo, CASE_STAFF),
    get("/desk/cases/{case_no}/photos/{name}/cover", covering.desk_cover, OFFICE),
    post("/desk/cases/{case_no}/photos/{name}/cover", covering.desk_cover, OFFICE),
    post("/desk/cases/{case_no}/reveal", desk.desk_reveal, CASE_STAFF),
    post("/desk/cases/{case_no}/mark/{what}", desk.desk_mark, CASE_STAFF),
    post("/desk/cases/{case_no}/{action}", desk.desk_act, CASE_STAFF, body_mb=64),
]
