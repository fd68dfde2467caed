"""Demo entries of a city: invented firms with codes whose check signs are right, published at their time."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.clock import CITY_ZONE, now, today
from portal.core.web import Portal
from portal.credit import matters, queries, service
from portal.credit.models import CreditBatch, CreditEntry
from portal.credit.rules import Draft
from portal.credit.sheets import DEFAULT_MONTHS
from portal.editorial import approve, as_of, carry_through, submit_for_review
from portal.editorial.demo import EDITOR, REVIEWERS, open_demo

FIELDS = {
    "wage_arrears": "拖欠农民工工资",
    "tax_violation": "税收违法",
    "food_drug_safety": "食品药品安全",
    "environment": "生态环境保护",
    "construction": "工程建设与安全生产",
    "dishonest_judgment_debtor": "拒不履行法院判决",
}
NOTE = "本批次依据认定机关的生效文书发布，明细以公示页面为准，公示期满即停止显示。（示例）"
_SAME = (
    "colour",
    "list_kind",
    "subject_type",
    "subject_name",
    "uscc",
    "designating_authority",
    "basis_law",
    "decision_document_no",
    "reason_summary",
    "source_url",
    "source_name",
)


def load_demo(portal: Portal) -> bool:
    """Load the demo; False when it was there already, or the city has none."""
    with portal.database.write() as db:
        found = open_demo(portal, db, "credit", CreditEntry)
        if found is None:
            return False
        content, people = found
        entries = content["credit"]
        batches: dict[str, CreditBatch] = {}
        for entry in sorted(entries, key=lambda one: -int(one["published_days_ago"])):
            _load(db, portal, entry, people, batches)
        _load_unfinished(db, portal, [one for one in entries if one["colour"] == "black"], people)
    return True


def _load_unfinished(db: Session, portal: Portal, black: list[dict[str, Any]], people: dict[str, Staff]) -> None:
    """What waits at the desk: an entry before its legal review, and an objection nobody has looked at yet."""
    like = min(black, key=lambda one: int(one["published_days_ago"]))
    draft = Draft(
        **{name: like.get(name, "") for name in _SAME if name != "decision_document_no"},
        decision_document_no=f"示例〔{today().year}〕补 1 号",
        grade=like["grade"],
        display_months=DEFAULT_MONTHS[like["grade"]],
        decision_date=today() - timedelta(days=4),
    )
    with as_of(now() - timedelta(hours=26)):
        waiting = service.open_entry(db, service.complete(draft, portal.secrets), people[EDITOR], is_sample=True)
        submit_for_review(db, waiting.piece, people[EDITOR], is_confidential_checked=True)
    with as_of(now() - timedelta(hours=3)):
        approve(db, waiting.piece, people[REVIEWERS[0]], "文书与来源网站一致。")
    entry = queries.find_public_entries(db)[-1]
    said = matters.NewMatter(
        matters.Ground.WRONG_FACT, "罚款金额与文书不一致，少写了一个“万”字，请核对。（示例）", "13800138000"
    )
    matters.open_matter(db, entry, said, portal.secrets, portal.photos, portal.city)


def _batch(db: Session, day: Any, people: dict[str, Staff], batches: dict[str, CreditBatch]) -> CreditBatch:
    """The batch of the two months a day lies in, as cities hold their press conferences."""
    first = 1 + (day.month - 1) // 2 * 2
    title = f"{day.year}年{first}—{first + 1}月诚信红黑榜发布（示例）"
    if title not in batches:
        batches[title] = service.save_batch(db, None, title, NOTE, day, people[EDITOR])
        service.approve_batch(db, batches[title], people[REVIEWERS[0]])
    return batches[title]


def _load(
    db: Session, portal: Portal, entry: dict[str, Any], people: dict[str, Staff], batches: dict[str, CreditBatch]
) -> None:
    day = today() - timedelta(days=int(entry["published_days_ago"]))
    published = min(datetime.combine(day, time(10), CITY_ZONE), now())
    field = FIELDS.get(entry["list_kind"], "")
    draft = Draft(
        **{name: entry.get(name, "") for name in _SAME},
        field=field if field in portal.city.credit_fields else "",
        grade=entry.get("grade", ""),
        display_months=DEFAULT_MONTHS.get(entry.get("grade", ""), 12),
        decision_date=today() - timedelta(days=int(entry["decision_days_ago"])),
        batch_id=_batch(db, day, people, batches).id,
    )
    with as_of(published - timedelta(hours=20)):
        kept = service.open_entry(
            db, service.complete(draft, portal.secrets), people[EDITOR], is_sample=bool(entry.get("sample", True))
        )
    reviewers = [people[name] for name in REVIEWERS]
    carry_through(db, kept.piece, people[EDITOR], reviewers, published, is_legal=True)
