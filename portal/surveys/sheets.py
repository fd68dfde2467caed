"""Answers written on paper, typed into a table: one row a sheet, one column a question; all of them, or none."""

import re
from collections import Counter
from collections.abc import Iterator

from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from portal.core import audit
from portal.core.chinese import clean
from portal.core.errors import Refusal
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.signing import Secrets
from portal.core.tables import Column, Fault, Imported, Record, read_records
from portal.surveys.answering import keep_paper_answer
from portal.surveys.definition import NO_OPINION, NO_OPINION_WORD, Definition, Kind, Question
from portal.surveys.forms import make_answer_form, names_of
from portal.surveys.inviting import AlreadyAnswered
from portal.surveys.models import Survey
from portal.surveys.queries import find_survey

SURVEY = Column("survey", "问卷", ("问卷代号", "问卷网址"), required=True)
SHEET = Column("sheet", "答卷编号", ("编号", "序号", "问卷编号"), required=True)
_APART = re.compile(r"[、,，;；|/\n]+")
_TICKED = frozenset({Kind.YES_NO, Kind.SINGLE, Kind.MULTIPLE, Kind.GRADE5, Kind.MATRIX})


def import_answers(db: Session, secrets: Secrets, data: bytes, by: Person, *, is_dry_run: bool = False) -> Imported:
    """Count each row as the answer of one person. The column 问卷 holds the survey's address, the same in each row.

    A dry run counts too, to find what only counting finds, and takes it back. Raises TableRefused when the file
    cannot be read at all.
    """
    survey, faults = _find(db, data)
    if survey is None:
        return Imported.of(0, faults)
    definition = survey.questions
    table = read_records(data, [SURVEY, SHEET, *_columns(definition)])
    table.faults += faults
    faults = list(table.faults)
    trial = db.begin_nested()
    for record in table.readable():
        faults += _keep(db, secrets, survey, definition, record)
    if faults or is_dry_run:
        trial.rollback()
    else:
        audit.record(db, by, "survey.import", f"survey {survey.slug}", answers=len(table.records))
        trial.commit()
    return Imported.of(len(table.records), faults)


def _find(db: Session, data: bytes) -> tuple[Survey | None, list[Fault]]:
    table = read_records(data, [SURVEY])
    if table.faults or not table.records:
        return None, table.faults
    first = table.records[0]
    slug = clean(first.text["survey"]).rsplit("/", 1)[-1]
    survey = find_survey(db, slug)
    if survey is None:
        return None, [first.fault("survey", _("没有这个代号的问卷，请核对问卷网址的最后一段。"))]
    others = [one for one in table.records if one.text["survey"] != first.text["survey"]]
    return survey, [one.fault("survey", _("一张表只录一份问卷，请分成几张。")) for one in others]


def _columns(definition: Definition) -> Iterator[Column]:
    """A column for each field of the questionnaire, under its key, its number or its words."""
    told = Counter(words for question in definition for _name, words in _rows(question))
    for number, question in enumerate(definition, 1):
        rows = _rows(question)
        for name, words in rows:
            # 绿化 alone may be a row of two questions.
            alone = (words,) if told[words] == 1 else ()
            yield Column(name, f"{question.label}{words}", (name, f"{number}{question.label}{words}", *alone))
        if not rows:
            aliases = (question.key, f"{number}{question.label}", f"Q{number}", f"第{number}题")
            yield Column(question.key, question.label, aliases)


def _rows(question: Question) -> list[tuple[str, str]]:
    """Field name and words of each row of a question that takes several columns."""
    if question.kind is Kind.RANKING:
        return list(zip(names_of(question), question.options, strict=True))
    return question.row_keys()


def _keep(db: Session, secrets: Secrets, survey: Survey, definition: Definition, record: Record) -> Iterator[Fault]:
    form = make_answer_form(definition, FormData(list(_typed(definition, record))))
    new = form.read()
    if new is None:
        for name, found in form.error_map().items():
            yield record.fault(name, found[0])
        return
    try:
        keep_paper_answer(db, secrets, survey, new, clean(record.text["sheet"]))
    except AlreadyAnswered:
        yield record.fault("sheet", _("这个编号的答卷已经录入过，请核对编号。"))
    except Refusal as refused:
        yield record.fault("sheet", str(refused))


def _typed(definition: Definition, record: Record) -> Iterator[tuple[str, str]]:
    """The row as the questionnaire would send it: values for the words that stand on the paper."""
    for question in definition:
        for name in names_of(question):
            cell = clean(record.text.get(name, ""))
            parts = _APART.split(cell) if question.kind is Kind.MULTIPLE else [cell]
            values = _values(question)
            yield from ((name, values.get(part.strip(), part.strip())) for part in parts if part.strip())


def _values(question: Question) -> dict[str, str]:
    if question.kind not in _TICKED:
        return {}
    graded = question.kind in {Kind.GRADE5, Kind.MATRIX}
    pairs = [*question.choices(), *([(NO_OPINION, str(NO_OPINION_WORD))] if graded else [])]
    return {words: value for value, words in pairs}
