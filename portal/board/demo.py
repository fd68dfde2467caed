"""Demo issues of a city: invented findings at sample sites, with drawn pictures before and after."""

import random
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.board import issues, queries, service
from portal.board.issues import IssueDraft
from portal.board.models import BoardFinding, BoardIssue, BoardSite
from portal.board.service import FindingDraft
from portal.core.clock import CITY_ZONE, now, today
from portal.core.photos import Photo, check_and_shrink
from portal.core.web import Portal
from portal.editorial import as_of, carry_through
from portal.editorial.demo import EDITOR, REVIEWERS, open_demo

SUPERVISOR = "supervisor"
INTRO = "本期由随机抽查和联合检查的结果编成，点位、理由和照片都是示例。"
SIZE = (960, 720)


def load_demo(portal: Portal) -> bool:
    """Load the demo; False when it was there already, or the city has none."""
    with portal.database.write() as db:
        found = open_demo(portal, db, "board", BoardIssue, SUPERVISOR)
        if found is None:
            return False
        content, people = found
        service.take_over_sites(db, portal.city)
        entries = content["board"]
        for days_ago in sorted({int(entry["issue_days_ago"]) for entry in entries}, reverse=True):
            _load_issue(db, portal, [one for one in entries if one["issue_days_ago"] == days_ago], days_ago, people)
    return True


def _load_issue(
    db: Session, portal: Portal, entries: list[dict[str, Any]], days_ago: int, people: dict[str, Staff]
) -> None:
    published = min(datetime.combine(_day(days_ago), time(10), CITY_ZONE), now())
    sites = {site.key: site for site in db.scalars(select(BoardSite))}
    entries = [entry for entry in entries if entry["site"] in sites]
    rounds = _load_inspections(db, portal, [sites[entry["site"]] for entry in entries], entries, days_ago, people)
    findings = [
        _load_finding(db, portal, entry, sites[entry["site"]], people, rounds[entry["site"]]) for entry in entries
    ]
    # Findings of a month are published in it or early in the next: the issue bears the month they were found in.
    month = max(finding.found_on for finding in findings)
    draft = IssueDraft(
        "month",
        month.year,
        month.month,
        f"{month.year}年{month.month}月创建红黑榜（示例）",
        INTRO,
        tuple(finding.id for finding in findings),
    )
    with as_of(published - timedelta(hours=20)):
        issue = issues.open_issue(db, draft, people[EDITOR], is_sample=True)
    carry_through(db, issue.piece, people[EDITOR], [people[name] for name in REVIEWERS], published)


def _load_inspections(
    db: Session,
    portal: Portal,
    visited: list[BoardSite],
    entries: list[dict[str, Any]],
    days_ago: int,
    people: dict[str, Staff],
) -> dict[str, int]:
    """A random draw, and a joint round to the sites that were not drawn: the id of the inspection of each site."""
    day = _day(max(int(entry["found_days_ago"]) for entry in entries))
    by, inspectors = people[SUPERVISOR], "督查组（示例）"
    drawn = service.open_inspection(
        db,
        "random",
        "月度随机抽查（示例）",
        day,
        by,
        inspectors=inspectors,
        seed=f"sample-{portal.city.key}-{days_ago}",
        wanted=min(len(entries) + 2, len(queries.list_sites(db))),
    )
    others = [site for site in visited if site.key not in drawn.site_keys]
    rounds = {site.key: drawn.id for site in visited}
    if others:
        title, ids = "重点点位联合检查（示例）", [site.id for site in others]
        joint = service.open_inspection(db, "joint", title, day, by, inspectors=inspectors, site_ids=ids)
        rounds |= {site.key: joint.id for site in others}
    return rounds


def _day(days_ago: int) -> date:
    return today() - timedelta(days=days_ago)


def _load_finding(
    db: Session,
    portal: Portal,
    entry: dict[str, Any],
    site: BoardSite,
    people: dict[str, Staff],
    inspection_id: int,
) -> BoardFinding:
    supervisor, editor = people[SUPERVISOR], people[EDITOR]
    is_black = entry["board"] == "black"
    found_on = _day(int(entry["found_days_ago"]))
    due = entry.get("due_days_ago")
    draft = FindingDraft(
        site_id=site.id,
        colour=entry["board"],
        reason=entry["reason"],
        unit=_unit_of(portal, entry, site, people),
        found_on=found_on,
        score=entry.get("score"),
        due_on=max(_day(int(due)) if due is not None else found_on + timedelta(days=15), found_on)
        if is_black
        else None,
        group_key=site.group_key,
        inspection_id=inspection_id,
    )
    photos = portal.photos
    word = "现场照片（示例画）"
    before = service.keep_photos(db, photos, [_scene(entry["key"], is_tidy=not is_black)], site, word, supervisor)
    finding = service.open_finding(db, draft, supervisor, before, is_sample=True)
    if not is_black:
        return finding
    service.notify(db, finding, supervisor)
    if entry["status"] in {"rectifying", "rectified", "verified"}:
        service.begin(db, finding, supervisor)
    if entry["status"] in {"rectified", "verified"}:
        word = "整改后照片（示例画）"
        after = service.keep_photos(db, photos, [_scene(entry["key"], is_tidy=True)], site, word, supervisor)
        done = max(_day(int(entry.get("rectified_days_ago", 1))), found_on)
        service.rectify(db, finding, supervisor, entry.get("rectification", "已按要求整改。"), done, after)
    if entry["status"] == "verified":
        service.verify(db, finding, editor)
        finding.verified_on = min((finding.rectified_on or today()) + timedelta(days=1), today())
    return finding


def _unit_of(portal: Portal, entry: dict[str, Any], site: BoardSite, people: dict[str, Staff]) -> str:
    """The site's unit; what is being put right belongs to the demo's own unit, which then has something to do."""
    mine = people["unit"].unit if "unit" in people and entry["status"] == "rectifying" else None
    return mine or site.unit or portal.city.units[0].key


def _scene(key: str, *, is_tidy: bool) -> Photo:
    """A drawn street, cluttered or tidy, the same one for the same key: no real place is shown."""
    chance = random.Random(key)  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", SIZE, "#dfe8ee")
    pen = ImageDraw.Draw(image)
    left = 0
    while left < SIZE[0]:
        width, top = chance.randint(120, 220), chance.randint(120, 260)
        pen.rectangle((left, top, left + width - 12, 470), fill=chance.choice(["#c9b8a4", "#b9c3c9", "#d6cbb8"]))
        for x in range(left + 20, left + width - 40, 44):
            for y in range(top + 24, 420, 60):
                pen.rectangle((x, y, x + 22, y + 32), fill="#8fa3b0")
        left += width
    pen.rectangle((0, 470, SIZE[0], 560), fill="#c4c0b8")
    pen.rectangle((0, 560, SIZE[0], SIZE[1]), fill="#8a8d90")
    for x in range(30, SIZE[0], 120):
        pen.rectangle((x, 632, x + 60, 640), fill="#f2f2f2")
    if is_tidy:
        for x in range(80, SIZE[0], 240):
            pen.rectangle((x + 18, 410, x + 26, 480), fill="#6b4f3a")
            pen.ellipse((x - 20, 330, x + 64, 424), fill="#5f8f5a")
        return _photo(image)
    for _number in range(26):
        x, y = chance.randint(0, SIZE[0] - 90), chance.randint(450, 600)
        size = chance.randint(24, 80)
        colour = chance.choice(["#7a5c43", "#9a8f80", "#4d5a66", "#a5653f"])
        pen.rectangle((x, y, x + size, y + size * 2 // 3), fill=colour, outline="#4a4a4a")
    return _photo(image)


def _photo(image: Image.Image) -> Photo:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return check_and_shrink(buffer.getvalue())
