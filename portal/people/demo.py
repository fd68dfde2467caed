"""Demo of the good people: invented profiles that went the whole way, one in public notice, and nominations."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from portal.accounts.models import Staff
from portal.core.clock import CITY_ZONE, now, today
from portal.core.web import Portal
from portal.editorial import as_of, carry_through, live
from portal.editorial.demo import EDITOR, REVIEWERS, open_demo
from portal.people import honour, nominations, promotions, remarks
from portal.people.drafts import Draft
from portal.people.honour import NewConsent
from portal.people.models import Answer, Giver, GoodPerson, Scope, Stage
from portal.people.nominations import NewNomination
from portal.people.service import open_person

AUTHORITIES = ("公安", "市场监管", "税务")
NUMERALS = "〇一二三四五六七八九十"
NOTICE_BEFORE = timedelta(days=14)


def load_demo(portal: Portal) -> bool:
    """Load the demo; False when it was there already, or the city has none."""
    with portal.database.write() as db:
        found = open_demo(portal, db, "people", GoodPerson)
        if found is None:
            return False
        content, people = found
        entries = sorted(content["people"], key=lambda one: -int(one["days_ago"]))
        for number, entry in enumerate(entries):
            _publish(db, entry, people, number)
        _begin_notice(db, portal, entries[-1], people)
        _rise(db, portal, people)
        _nominate(db, portal)
    return True


def _draft(entry: dict[str, Any]) -> Draft:
    known = {key: value for key, value in entry.items() if key in Draft.__dataclass_fields__}
    return Draft(**{**known, "deeds": entry["deeds"].strip(), "source": entry.get("source", "示例")})


def _vet(db: Session, person: GoodPerson, editor: Staff) -> None:
    """What has to be on file before a notice: three clear opinions and the consent of the person shown."""
    day = today() - timedelta(days=30)
    for authority in AUTHORITIES:
        opinion = honour.ask_opinion(db, person, editor, authority, day)
        honour.note_answer(db, person, opinion, editor, Answer.CLEAR)
    consent = NewConsent(Scope.PROFILE, Giver.SELF, person.name, day, "示例同意书")
    honour.record_consent(db, person, editor, consent)


def _publish(db: Session, entry: dict[str, Any], people: dict[str, Staff], number: int) -> None:
    day = today() - timedelta(days=int(entry["days_ago"]))
    published = min(datetime.combine(day, time(9, 10 + number * 3 % 45), CITY_ZONE), now())
    with as_of(published - timedelta(days=40)):
        person = open_person(db, _draft(entry), people[EDITOR], slug=entry["key"], is_sample=True)
    _vet(db, person, people[EDITOR])
    # A notice of the past cannot be begun today, so its days are written down as they were.
    person.stage = Stage.APPROVED
    person.notice_from = day - NOTICE_BEFORE
    person.notice_until = day - timedelta(days=5)
    person.likes = 36 + number * 17 % 160
    db.flush()
    carry_through(db, person.piece, people[EDITOR], [people[name] for name in REVIEWERS], published)


def _begin_notice(db: Session, portal: Portal, like: dict[str, Any], people: dict[str, Staff]) -> None:
    draft = Draft(
        **{
            **{key: like[key] for key in ("level", "honour_title", "batch_year", "region")},
            "category": portal.city.people_categories[0].key,
            "name": "示例巷口理发店",
            "batch_no": int(like["batch_no"]) + 1,
            "batch_label": f"{like['batch_year']}年第{NUMERALS[int(like['batch_no']) + 1]}批",
            "occupation_and_unit": "社区理发店三位师傅",
            "one_line": "每月最后一个周一，上门为出不了门的老人理发",
            "unit_count": 3,
            "source": "示例",
            "deeds": (
                "店里三位师傅每月最后一个周一不营业，背上工具箱去给出不了门的老人理发。名单贴在镜子后面，"
                "从最初的四户到现在的二十六户，哪家的老人耳背，哪家要先敲窗，都写在名字旁边。\n\n"
                "理发不收钱，老人过意不去，有人塞一把青菜，师傅就收下，转手送到隔壁楼的另一家。"
            ),
        }
    )
    person = open_person(db, draft, people[EDITOR], slug="notice-barbers", is_sample=True)
    _vet(db, person, people[EDITOR])
    honour.begin_notice(db, person, people[REVIEWERS[0]], portal.city)


def _rise(db: Session, portal: Portal, people: dict[str, Staff]) -> None:
    """One profile rises to the next level; two readers have said something, one of them still unseen."""
    levels = {level.key: level for level in portal.city.people_levels}
    query = select(GoodPerson).join(GoodPerson.piece).where(GoodPerson.level == "city", live()).order_by(GoodPerson.id)
    person = db.scalars(query.options(contains_eager(GoodPerson.piece)).limit(1)).first()
    if person is None or "province" not in levels:
        return
    title = levels["province"].title
    new = promotions.NewStep(
        level="province",
        honour_title=title,
        batch_year=today().year,
        batch_no=2,
        batch_label=f"{today().year}年第二批",
        is_ours=False,
        authority="省文明办（示例）",
        decision="示例文号",
        honoured_on=today() - timedelta(days=8),
    )
    step = promotions.propose(db, person, new, people[EDITOR], portal.city)
    promotions.confirm(db, person, step, people[REVIEWERS[0]])
    said = remarks.add_remark(db, person, "每次路过都看见，原来一做就是这么多年。", "示例邻居", "demo")
    remarks.decide(db, said.id, people[REVIEWERS[0]], is_shown=True)
    remarks.add_remark(db, person, "能不能请他来我们社区讲一讲？", "", "demo")


def _nominate(db: Session, portal: Portal) -> None:
    """Two nominations that wait for the desk."""
    city = portal.city
    for nominee, deeds in (
        ("楼道里的示例老邻居", "他每天早上把整栋楼的楼梯扫一遍，扫了六年，冬天还在转角放一盏小夜灯。"),
        ("示例早餐铺", "环卫工人来吃早饭从不收钱，下雨天还把雨披借给送孩子的家长，第二天才来取。"),
    ):
        nominations.nominate(
            db,
            portal.secrets,
            portal.photos,
            NewNomination(
                category=city.people_categories[0].key,
                nominee=nominee,
                region=city.districts[0].name,
                deeds=deeds,
                evidence="示例社区居委会可以核实",
                contact="13800138000",
            ),
            [],
        )
