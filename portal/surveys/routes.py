"""Doors of surveys: the table is the access matrix."""

from portal.core.roles import Role
from portal.core.web import Door, get, post
from portal.surveys import analysis, builder, desk, english, invitations, phone_pages, public, questionnaire, results

# Whoever supervises sees how a survey goes, and can be the second person where two are needed.
SEES = frozenset({Role.ANALYST, Role.SUPERVISOR})
MAKES = Role.ANALYST

doors: list[Door] = [
    get("/surveys", public.index, is_kept=True),
    get("/surveys/{slug}", questionnaire.show),
    post("/surveys/{slug}", questionnaire.answer, name="show", body_mb=1, limit="240/hour"),
    post("/surveys/{slug}/phone", phone_pages.ask_code, body_mb=1, limit="30/hour"),
    get("/surveys/{slug}/code", phone_pages.code),
    post("/surveys/{slug}/code", phone_pages.check_code, name="code", body_mb=1, limit="60/hour"),
    get("/surveys/{slug}/thanks", public.thanks),
    get("/surveys/{slug}/results", results.results, is_kept=True),
    get("/surveys/{slug}/results.json", results.results_json),
    get("/surveys/{slug}/results.csv", results.results_csv),
    get("/surveys/{slug}/results.xlsx", results.results_xlsx),
    get("/surveys/{slug}/results/{key}.svg", results.plot),
    get("/desk/surveys", desk.desk_index, SEES),
    get("/desk/surveys/new", desk.desk_new, MAKES),
    post("/desk/surveys/new", desk.make, MAKES, name="desk_new"),
    get("/desk/surveys/{id}", desk.desk_show, SEES),
    get("/desk/surveys/{id}/edit", desk.edit, MAKES),
    post("/desk/surveys/{id}/edit", desk.change, MAKES, name="edit"),
    get("/desk/surveys/{id}/preview", questionnaire.preview, SEES),
    post("/desk/surveys/{id}/open", desk.open_, MAKES, name="open"),
    post("/desk/surveys/{id}/close", desk.close, MAKES),
    post("/desk/surveys/{id}/succeed", desk.succeed, MAKES),
    get("/desk/surveys/{id}/questions", builder.questions, SEES),
    post("/desk/surveys/{id}/questions", builder.add, MAKES, name="questions"),
    get("/desk/surveys/{id}/questions/{key}", builder.question, MAKES),
    post("/desk/surveys/{id}/questions/{key}", builder.keep, MAKES, name="question"),
    post("/desk/surveys/{id}/questions/{key}/move", builder.move, MAKES),
    post("/desk/surveys/{id}/questions/{key}/copy", builder.copy, MAKES),
    post("/desk/surveys/{id}/questions/{key}/remove", builder.remove, MAKES),
    get("/desk/surveys/{id}/english", english.english, SEES),
    post("/desk/surveys/{id}/english", english.translate, MAKES, name="english"),
    get("/desk/surveys/{id}/fieldwork", desk.fieldwork_, SEES, name="fieldwork"),
    post("/desk/surveys/{id}/quotas", desk.keep_quota, MAKES),
    post("/desk/surveys/{id}/exclusions", desk.exclude, SEES),
    post("/desk/surveys/{id}/exclusions/{exclusion}", desk.decide, SEES),
    get("/desk/surveys/{id}/texts", analysis.texts, SEES),
    post("/desk/surveys/{id}/texts", analysis.moderate, MAKES, name="texts"),
    post("/desk/surveys/{id}/sort", analysis.sort, MAKES),
    get("/desk/surveys/{id}/analysis", analysis.analysis, SEES),
    post("/desk/surveys/{id}/publish", analysis.publish, MAKES),
    post("/desk/surveys/{id}/withdraw", analysis.withdraw, MAKES),
    get("/desk/surveys/{id}/answers.xlsx", analysis.export, MAKES),
    get("/desk/surveys/{id}/invitations", invitations.invitations, MAKES),
    post("/desk/surveys/{id}/invitations", invitations.invite, MAKES, name="invitations"),
    post("/desk/surveys/{id}/invitations/send", invitations.send, MAKES, body_mb=21),
    post("/desk/surveys/{id}/invitations/remind", invitations.remind, MAKES),
    get("/desk/surveys/{id}/invitations.csv", invitations.invitations_csv, MAKES),
    get("/desk/surveys/{id}/invitations/print", invitations.invitations_print, MAKES),
    get("/desk/surveys/{id}/poster", invitations.poster, SEES),
]
