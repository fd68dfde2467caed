"""What happens to a survey: made, changed while a draft, opened, succeeded, closed."""

import secrets as random
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import now
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.signing import random_code
from portal.surveys.definition import Definition, to_json
from portal.surveys.faults import find_faults
from portal.surveys.inviting import forget_contacts
from portal.surveys.models import State, Survey, Variant
from portal.surveys.phones import forget_phones
from portal.surveys.queries import find_successor, find_survey

ADDRESS_LIMIT = 30


@dataclass(frozen=True)
class NewSurvey:
    """What makes a questionnaire, besides its questions."""

    slug: str
    title: str
    intro: str
    variant: Variant = Variant.RESIDENTS
    group_key: str | None = None
    is_invited: bool = False
    address_limit: int = ADDRESS_LIMIT
    asks_phone: bool = False
    asks_contact: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def make_survey(
    db: Session,
    new: NewSurvey,
    definition: Definition,
    by: str,
    previous: Survey | None = None,
    is_sample: bool = False,
) -> Survey:
    """Keep a new draft; raise BadInput when its address is taken."""
    if find_survey(db, new.slug):
        raise BadInput(_("网址“%(slug)s”已经有问卷在用。") % {"slug": new.slug}, _("请换一个网址。"))
    survey = Survey(
        **{name: getattr(new, name) for name in NewSurvey.__dataclass_fields__},
        state=State.DRAFT,
        version=previous.version + 1 if previous else 1,
        previous_id=previous.id if previous else None,
        definition=to_json(definition),
        quotas=list(previous.quotas) if previous else [],
        salt=None,
        is_sample=is_sample,
        created_by=by,
        created_at=now(),
    )
    db.add(survey)
    db.flush()
    return survey


def change_survey(db: Session, survey: Survey, new: NewSurvey) -> None:
    """Change what a draft says about itself; the closing day may be changed while open."""
    if survey.stands is State.OPEN:
        survey.closes_at = new.closes_at
        db.flush()
        return
    _must_be_draft(survey)
    holder = find_survey(db, new.slug)
    if holder is not None and holder.id != survey.id:
        raise BadInput(_("网址“%(slug)s”已经有问卷在用。") % {"slug": new.slug}, _("请换一个网址。"))
    for name in NewSurvey.__dataclass_fields__:
        setattr(survey, name, getattr(new, name))
    db.flush()


def keep_definition(db: Session, survey: Survey, definition: Definition) -> None:
    """Change the questions of a draft; raise Conflict when it was ever open."""
    _must_be_draft(survey)
    survey.definition = to_json(definition)
    keys = {question.key for question in definition}
    survey.quotas = [quota for quota in survey.quotas if quota["question"] in keys]
    db.flush()


def _must_be_draft(survey: Survey) -> None:
    if survey.stands is not State.DRAFT:
        raise Conflict(_("问卷开始后不能再改题目，已收到的答卷才有可比性。"), _("如需修改，请制作新版本，接替这一版。"))


def open_survey(db: Session, survey: Survey, by: Person | str) -> None:
    """Begin to take answers; the version before it ends. Raise Conflict when something keeps it from opening."""
    _must_be_draft(survey)
    faults = find_faults(survey.questions)
    if survey.closes_at is not None and survey.closes_at <= now():
        faults.append(_("结束日期已经过去，请改到以后。"))
    if faults:
        raise Conflict(_("还不能开始。"), " ".join(faults))
    survey.state, survey.opened_at, survey.salt = State.OPEN, now(), random.token_hex(32)
    previous = db.get(Survey, survey.previous_id) if survey.previous_id else None
    if previous is not None and previous.stands is State.OPEN:
        close_survey(db, previous, by)
    audit.record(db, by, "survey.open", f"survey {survey.slug}", version=survey.version)
    db.flush()


def close_survey(db: Session, survey: Survey, by: Person | str) -> None:
    """Take no more answers, and delete the salt and who was invited: no address or phone can ever be matched."""
    if survey.stands is not State.OPEN:
        raise Conflict(_("这份问卷没有在进行。"), _("请刷新页面查看它现在的状态。"))
    survey.state, survey.closed_at, survey.salt = State.CLOSED, now(), None
    forget_phones(db, survey)
    forget_contacts(db, survey)
    audit.record(db, by, "survey.close", f"survey {survey.slug}")
    db.flush()


def succeed_survey(db: Session, survey: Survey, by: Person) -> Survey:
    """A draft with the same questions, to be changed and opened in place of this version."""
    if survey.stands is State.DRAFT:
        raise Conflict(_("草稿可以直接修改。"), _("请打开题目页修改。"))
    found = find_successor(db, survey)
    if found is not None and found.stands is State.DRAFT:
        return found
    stem = survey.slug.rpartition("-v")[0] if survey.version > 1 and "-v" in survey.slug else survey.slug
    slug = f"{stem[:70]}-v{survey.version + 1}"
    if find_survey(db, slug):
        slug = f"{slug}-{random_code(4).lower()}"
    new = NewSurvey(
        slug=slug,
        title=survey.title,
        intro=survey.intro,
        variant=Variant(survey.variant),
        group_key=survey.group_key,
        is_invited=survey.is_invited,
        address_limit=survey.address_limit,
        asks_phone=survey.asks_phone,
        asks_contact=survey.asks_contact,
    )
    return make_survey(db, new, survey.questions, by.username, survey, survey.is_sample)
