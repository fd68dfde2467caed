"""Open answers whose writers want them handled: who may be reached, and the case that was made of one."""

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.core.signing import Secrets
from portal.surveys.models import Survey, SurveyText

CONTACT_DAYS = 30
"""How long after a survey's end a contact is kept for the office to make a case."""


def get_willing_text(db: Session, survey: Survey, typed_id: str) -> SurveyText:
    """The open answer with this number, locked; raise NotFound, or Conflict when its writer left no contact."""
    number = int(typed_id) if typed_id.isascii() and typed_id.isdigit() and len(typed_id) < 10 else 0
    text = db.scalar(
        select(SurveyText).where(SurveyText.id == number, SurveyText.survey_id == survey.id).with_for_update()
    )
    if text is None:
        raise NotFound(_("没有找到这条意见。"), _("请从“文字意见”页打开。"))
    if text.case_no is None and (text.contact is None or text.consent is None):
        raise Conflict(_("写的人没有留联系方式，或没有同意转为诉求。"), _("这条意见只能用于统计和公开，不能建诉求。"))
    return text


def contact_of(secrets: Secrets, text: SurveyText) -> Mapping[str, str]:
    """name, phone and email of the writer; empty where not given."""
    return dict(json.loads(secrets.decrypt(text.contact))) if text.contact else {}


def hand_on(db: Session, text: SurveyText, case_no: str) -> None:
    """Note the case that was made of it; the contact now lives there alone."""
    text.case_no, text.contact = case_no, None
    db.flush()


def forget_old_contacts(db: Session) -> None:
    """Delete contacts of surveys that ended so long ago that nobody will make a case any more."""
    over = select(Survey.id).where(Survey.closed_at < now() - timedelta(days=CONTACT_DAYS))
    db.execute(
        update(SurveyText).where(SurveyText.contact.is_not(None), SurveyText.survey_id.in_(over)).values(contact=None)
    )
