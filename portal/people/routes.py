"""Doors of the good people; the steps of review are editorial's."""

from portal.core.roles import Role
from portal.core.web import Door, get, post
from portal.people import desk, desk_remarks, public, steps

CONTENT = (Role.EDITOR, Role.REVIEWER)

doors: list[Door] = [
    get("/people", public.index, is_kept=True),
    get("/people/feed.atom", public.feed, is_kept=True),
    get("/people/nominate", public.nominate),
    post("/people/nominate", public.keep_nomination, name="nominate", body_mb=64, limit="20/hour"),
    get("/people/{slug}", public.show, is_kept=True),
    get("/people/{slug}/certificate", public.certificate),
    post("/people/{slug}/like", public.like),
    post("/people/{slug}/remarks", public.remark, body_mb=1),
    post("/people/{slug}/remarks/{remark_id}/withdraw", public.withdraw_remark, body_mb=1),
    get("/people/{slug}/objection", public.objection),
    post("/people/{slug}/objection", public.keep_objection, name="objection", body_mb=1, limit="10/hour"),
    get("/desk/people", desk.desk_index, CONTENT),
    get("/desk/people/new", desk.desk_new, CONTENT),
    post("/desk/people/new", desk.desk_create, CONTENT, name="desk_new", body_mb=64),
    get("/desk/people/nominations/{nomination_id}", desk.desk_nomination, CONTENT),
    post("/desk/people/nominations/{nomination_id}/decline", desk.decline_nomination, CONTENT),
    get("/desk/people/remarks", desk_remarks.desk_remarks, CONTENT),
    post("/desk/people/remarks/{remark_id}", desk_remarks.decide_remark, CONTENT),
    get("/desk/people/{person_id}", desk.desk_show, CONTENT),
    get("/desk/people/{person_id}/edit", desk.desk_edit, CONTENT),
    post("/desk/people/{person_id}/edit", desk.desk_save, CONTENT, name="desk_edit", body_mb=64),
    post("/desk/people/{person_id}/opinions", steps.ask_opinion, CONTENT),
    post("/desk/people/{person_id}/opinions/{opinion_id}", steps.note_answer, CONTENT),
    post("/desk/people/{person_id}/consents", steps.record_consent, CONTENT),
    post("/desk/people/{person_id}/consents/{consent_id}/withdraw", steps.withdraw_consent, CONTENT),
    post("/desk/people/{person_id}/notice", steps.begin_notice, Role.REVIEWER),
    post("/desk/people/{person_id}/objections/{objection_id}", steps.decide_objection, Role.REVIEWER),
    post("/desk/people/{person_id}/approve", steps.approve_honour, Role.REVIEWER),
    post("/desk/people/{person_id}/steps", steps.propose_step, CONTENT),
    post("/desk/people/{person_id}/steps/{step_id}/notice", steps.step_notice, Role.REVIEWER),
    post("/desk/people/{person_id}/steps/{step_id}/confirm", steps.confirm_step, Role.REVIEWER),
    post("/desk/people/{person_id}/steps/{step_id}/drop", steps.drop_step, Role.REVIEWER),
    post("/desk/people/{person_id}/stop", steps.stop, Role.REVIEWER),
    post("/desk/people/{person_id}/revoke", steps.revoke, Role.REVIEWER),
]
