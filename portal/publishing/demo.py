"""Demo news of a city: invented items that went through three reviews at their time, and some still on their way."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.clock import CITY_ZONE, now, today
from portal.core.documents import check_document
from portal.core.tables import write_xlsx
from portal.core.web import Portal
from portal.editorial import (
    Attachment,
    add_comment,
    approve,
    as_of,
    carry_through,
    keep_attachment,
    send_back,
    submit_for_review,
)
from portal.editorial.demo import EDITOR, REVIEWERS, open_demo
from portal.groups import City
from portal.publishing.models import News
from portal.publishing.service import Draft, open_news
from portal.publishing.topics import TopicDraft, approve_topic, save_topic

HOURS = (9, 10, 11, 15, 16)


def load_demo(portal: Portal) -> bool:
    """Load the demo; False when it was there already, or the city has none."""
    with portal.database.write() as db:
        found = open_demo(portal, db, "news", News)
        if found is None:
            return False
        content, people = found
        for topic in content.get("topics", []):
            made = save_topic(db, None, TopicDraft(**topic), people[EDITOR])
            approve_topic(db, made, people[REVIEWERS[0]])
        entries = content["news"]
        for number, entry in enumerate(sorted(entries, key=lambda one: -int(one["published_days_ago"]))):
            _load(db, portal, entry, people, number)
        _load_unfinished(db, portal.city, people)
    return True


def _paper_of_groups(db: Session, portal: Portal, by: Staff) -> Attachment:
    """A workbook to save: what each thematic group covers and who leads it."""
    city = portal.city
    units = {unit.key: unit.name for unit in city.units}
    rows = [(group.name, units.get(group.lead_unit or "", ""), group.covers) for group in city.groups]
    data = write_xlsx(["专项组", "牵头单位", "管什么"], rows, "专项组")
    return keep_attachment(db, portal.photos, check_document(data, "专项组一览（示例）"), by.username)


def _load(db: Session, portal: Portal, entry: dict[str, Any], people: dict[str, Staff], number: int) -> None:
    city = portal.city
    day = today() - timedelta(days=int(entry["published_days_ago"]))
    published = datetime.combine(day, time(HOURS[number % len(HOURS)], 5 + number * 7 % 50), CITY_ZONE)
    reviewers = [people[name] for name in REVIEWERS]
    group = entry.get("group")
    papers = [_paper_of_groups(db, portal, people[EDITOR])] if entry.get("paper") == "groups" else []
    draft = Draft(
        title=entry["title"],
        column=entry["column"],
        body=entry["body"].strip(),
        source=entry.get("source", city.office.short),
        editor=people[EDITOR].name,
        group_key=group if city.find_group(group) else None,
        is_pinned=bool(entry.get("pinned")),
        topic=entry.get("topic", ""),
        attachments=" ".join(one.name for one in papers),
        attachment_titles="\n".join(one.title for one in papers),
    )
    with as_of(min(published, now()) - timedelta(hours=15)):
        news = open_news(db, draft, people[EDITOR], entry["key"], is_sample=bool(entry.get("sample", True)))
    carry_through(db, news.piece, people[EDITOR], reviewers, min(published, now()))


def _load_unfinished(db: Session, city: City, people: dict[str, Staff]) -> None:
    """Three items on their way, so that the desk shows every step."""
    column = city.news_columns[0].key
    editor, first = people[EDITOR], people[REVIEWERS[0]]

    def begin(title: str, body: str, key: str, hours_ago: int = 0) -> News:
        draft = Draft(title=title, column=column, body=body, source=city.office.short, editor=editor.name)
        with as_of(now() - timedelta(hours=hours_ago)):
            return open_news(db, draft, editor, key, is_sample=True)

    begin(
        "菜场门口的非机动车怎样停得更齐（示例草稿）",
        "本周到三处菜场门口看了停车情况，照片待补。",
        "draft-market-parking",
    )
    waiting = begin(
        "志愿者护学岗新学期排班（示例）", "开学后每天早晚各一班，家长和邻居都可以报名。", "review-school-guard", 5
    )
    with as_of(now() - timedelta(hours=4)):
        submit_for_review(db, waiting.piece, editor, is_confidential_checked=True)
    with as_of(now() - timedelta(hours=2)):
        approve(db, waiting.piece, first, "事实已核对。")
    returned = begin(
        "线缆整治走进三条老巷（示例）", "三条巷子的线缆已经入槽，居民说抬头看得见天了。", "back-cables", 28
    )
    with as_of(now() - timedelta(hours=26)):
        submit_for_review(db, returned.piece, editor, is_confidential_checked=True)
    with as_of(now() - timedelta(hours=22)):
        add_comment(db, returned.piece, first, "三条巷子叫什么？读者想知道是不是自己家门口。", "三条巷子的线缆")
        send_back(db, returned.piece, first, "请补上三条巷子的名称和施工日期。")
