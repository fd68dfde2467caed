"""What a credit entry must say before it may be kept: the law's demands, field by field, without the database.

Sources: 国办发〔2020〕49号 (a legal basis for each black entry, an explicit one for natural persons);
国办发〔2025〕22号 第二条 (periods by grade); GB 32100-2015 (codes); 民法典 第201、202条 (a term of
months ends on the day of the same number).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from portal.core.i18n import gettext as _
from portal.core.identifiers import check_uscc
from portal.core.privacy import Kind, find_personal
from portal.credit.models import GRADE_NAMES, Colour, Grade, Subject

TERMS = {Grade.MINOR: (0, 3), Grade.GENERAL: (3, 12), Grade.SERIOUS: (12, 36)}
"""Least and most months an entry of a grade is shown."""
RED_MONTHS = 36
SUMMARY_LIMIT = 200
OLDEST_YEARS = 5
_GUESSES = (Kind.NAME_TITLE, Kind.NAME_LABEL, Kind.MOBILE_LOOSE, Kind.LOCAL_TEL)
_MASKED_NAME = re.compile(r"[^\s某*×]{1,2}[某*×]{1,2}")

Faults = dict[str, list[str]]


@dataclass(frozen=True)
class Draft:
    """All that is typed about an entry; also the snapshot that revisions keep."""

    colour: str
    list_kind: str
    subject_type: str
    subject_name: str
    reason_summary: str
    field: str = ""
    uscc: str = ""
    uscc_reason: str = ""
    id_masked: str = ""
    legal_representative: str = ""
    designating_authority: str = ""
    basis_law: str = ""
    decision_document_no: str = ""
    decision_date: date | None = None
    grade: str = ""
    display_months: int = 12
    is_adult: bool = False
    person_basis: str = ""
    listed_on: date | None = None
    source_url: str = ""
    source_name: str = ""
    objection_channel: str = ""
    subject_key: str = ""
    batch_id: int | None = None


def snapshot_of(draft: Draft) -> dict[str, Any]:
    """The draft as revisions keep it: days as ISO texts."""
    values = {one.name: getattr(draft, one.name) for one in fields(draft)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def draft_of(snapshot: Mapping[str, Any]) -> Draft:
    """The draft a revision kept."""
    values = {one.name: snapshot[one.name] for one in fields(Draft) if one.name in snapshot}
    for name in ("decision_date", "listed_on"):
        if isinstance(values.get(name), str):
            values[name] = date.fromisoformat(values[name])
    return Draft(**values)


def add_months(day: date, months: int) -> date:
    """The day of the same number so many months later, or the month's last day when it has none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), first_after - timedelta(days=1))


def last_days(draft: Draft, published_on: date) -> tuple[date, date]:
    """The day from which repair may be asked, and the last day on which the entry is shown."""
    least = TERMS[Grade(draft.grade)][0] if draft.colour == Colour.BLACK else 0
    return add_months(published_on, least), add_months(published_on, draft.display_months)


def faults_of(draft: Draft, today: date) -> Faults:
    """What stands in the way of keeping this entry, by field; empty when nothing does. today: the local day."""
    faults: Faults = {}

    def say(name: str, message: str) -> None:
        faults.setdefault(name, []).append(message)

    for check in (_basis, _period, _code, _person, _days, _texts):
        for name, message in check(draft, today):
            say(name, message)
    return faults


_Found = list[tuple[str, str]]


def _basis(draft: Draft, _today: date) -> _Found:
    """Both lists name who decided; the black one also the law, the document, its day and where it was published."""
    messages = {
        "designating_authority": _("请填写作出认定的机关。"),
        "reason_summary": _("请填写事由，只写事实，不加评价。"),
    }
    if draft.colour == Colour.BLACK:
        messages |= {
            "basis_law": _("黑榜须有法律依据，请填写法律、法规和条款。"),
            "decision_document_no": _("黑榜须有认定文书，请填写文号。"),
            "decision_date": _("请填写文书作出的日期。"),
            "source_url": _("请填写信用中国或认定机关的公示链接。"),
            "source_name": _("请填写公示来源的名称。"),
            "grade": _("请选择失信程度，公示期限由此确定。"),
        }
    return [(name, message) for name, message in messages.items() if not getattr(draft, name)]


def _period(draft: Draft, _today: date) -> _Found:
    if draft.colour == Colour.RED:
        if 1 <= draft.display_months <= RED_MONTHS:
            return []
        return [("display_months", _("红榜的公示期为 1 至 %(most)s 个月。") % {"most": RED_MONTHS})]
    if draft.grade not in set(Grade):
        return []
    least, most = TERMS[Grade(draft.grade)]
    if max(least, 1) <= draft.display_months <= most:
        return []
    words = {"grade": GRADE_NAMES[Grade(draft.grade)], "least": max(least, 1), "most": most}
    return [("display_months", _("失信程度为“%(grade)s”的，公示期为 %(least)s 至 %(most)s 个月。") % words)]


def _code(draft: Draft, _today: date) -> _Found:
    """A firm has its code; one that fails the check stands only with a reason, since issued codes exist that do."""
    if draft.subject_type == Subject.NATURAL_PERSON:
        return [("uscc", _("自然人没有统一社会信用代码，请清空。"))] if draft.uscc else []
    if not draft.uscc:
        return [("uscc", _("请填写统一社会信用代码。"))]
    check = check_uscc(draft.uscc)
    if check.valid or (draft.uscc_reason and len(check.value) == 18):
        return []
    if check.expected is None:
        return [("uscc", _("统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）。"))]
    return [("uscc", _("校验位不对，请核对；确属登记机关核发的，请写明保留的理由。"))]


def _person(draft: Draft, _today: date) -> _Found:
    if draft.subject_type != Subject.NATURAL_PERSON:
        return []
    found = []
    if not draft.is_adult:
        found.append(("is_adult", _("未成年人不得上榜，请核实本人已满 18 周岁并勾选。")))
    if not draft.person_basis:
        found.append(("person_basis", _("公示个人信息须有法律、行政法规的明确依据或本人同意，请写明。")))
    if draft.subject_name and not _MASKED_NAME.fullmatch(draft.subject_name):
        found.append(("subject_name", _("自然人的姓名须遮盖，例如“张某”。")))
    if draft.legal_representative:
        found.append(("legal_representative", _("自然人没有法定代表人，请清空。")))
    return found


def _days(draft: Draft, today: date) -> _Found:
    found = []
    for name in ("decision_date", "listed_on"):
        day = getattr(draft, name)
        if day is not None and day > today:
            found.append((name, _("日期不能晚于今天。")))
    decided = draft.decision_date
    if decided is not None and decided <= today and draft.colour == Colour.BLACK:
        if add_months(decided, OLDEST_YEARS * 12) < today:
            found.append(("decision_date", _("超过五年的失信信息不再公示。")))
        if draft.listed_on is not None and draft.listed_on < decided:
            found.append(("listed_on", _("列入日期不能早于文书日期。")))
    return found


def _texts(draft: Draft, _today: date) -> _Found:
    """Lengths, the form of the link, and no personal data in what everybody will read."""
    found = []
    if len(draft.reason_summary) > SUMMARY_LIMIT:
        found.append(("reason_summary", _("事由最多 %(most)s 字。") % {"most": SUMMARY_LIMIT}))
    if draft.source_url and not _is_web_address(draft.source_url):
        found.append(("source_url", _("请填写以 https:// 或 http:// 开头的完整网址。")))
    for name in ("subject_name", "reason_summary", "basis_law", "designating_authority", "legal_representative"):
        if any(one.kind not in _GUESSES for one in find_personal(getattr(draft, name))):
            found.append((name, _("这里有个人信息（证件号、电话、车牌、住址等），请删去。")))
    return found


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and text.isprintable()
