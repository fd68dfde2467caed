"""From a survey to a case: an open answer whose writer asked for it is handled like any other report.

Surveys and cases do not know each other, so the desk, which reads both, joins them.
"""

from starlette.responses import Response

from portal.cases import NewCase, as_citizen, open_case
from portal.core.audit import record
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.surveys import contact_of, get_survey, get_willing_text, hand_on


def case_of_answer(ctx: Ctx) -> Response:
    """Make a case of an open answer; a second click finds the first one's case."""
    survey = get_survey(ctx.db, ctx.arg("id"))
    text = get_willing_text(ctx.db, survey, ctx.arg("text"))
    if text.case_no is None:
        contact = contact_of(ctx.secrets, text)
        new = NewCase(
            kind="suggestion",
            text=text.text_staff,
            name=contact.get("name", ""),
            phone=contact.get("phone", ""),
            email=contact.get("email", ""),
            channel="survey",
            submission_id=ctx.secrets.hash("case of a survey text", str(text.id)),
            is_sample=survey.is_sample,
        )
        routing = ctx.portal.router.suggest(text.text_staff)
        opened = open_case(ctx.db, as_citizen(ctx.portal), new, routing)
        hand_on(ctx.db, text, opened.case.case_no)
        record(ctx.db, ctx.staff, "survey.hand_on", f"survey {survey.slug}", case=opened.case.case_no)
        ctx.later(ctx.portal.wake_jobs)
    said = _("已转为诉求 %(number)s。") if survey.is_sample else _("已转为诉求 %(number)s，编号和网址已发给写的人。")
    ctx.flash(said % {"number": text.case_no})
    return ctx.redirect("surveys:texts", id=survey.id)
