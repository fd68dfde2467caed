"""Travel past every end: one of everything is published, and then no public address tells anything of it.

The walk follows every link from the front page, every address of the site map and every public door, so that a page
added later is walked too. It is made with a browser that has no cookies, to which kept pages are sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote, unquote, urlsplit

import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.app import DOORS, JOBS
from portal.cases.numbering import query_code
from portal.cases.triage import Publication, publish
from portal.core.clock import now
from portal.core.documents import check_document
from portal.core.mail import Channel
from portal.core.photos import check_and_shrink
from portal.core.roles import Role
from portal.core.web import Portal
from portal.credit import find_public_entries
from portal.credit import service as credit
from portal.credit.models import Status
from portal.editorial import Piece, keep_attachment, keep_picture, picture_path
from portal.people import honour
from portal.people.queries import get_person
from portal.search import refresh
from portal.surveys.inviting import Invitee, invite, token_of
from portal.surveys.models import Survey
from portal.surveys.publication import Choice, publish_result
from tests.board import factories as board
from tests.cases import factories as cases
from tests.core.test_documents import PDF
from tests.credit import factories as entries
from tests.people import factories as people
from tests.publishing import factories as news
from tests.surveys import factories as surveys

START = datetime(2025, 3, 3, 2, tzinfo=UTC)
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
LINK = re.compile(r'(?:href|src|action)="([^"#]+)|<loc>([^<]+)</loc>|<link href="([^"]+)"')
MOST = 900


@dataclass
class Things:
    """What was published. secrets: words of it that nobody may read afterwards.  keys: for doors that name one."""

    paths: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)


def publish_one_of_everything(db: Session, portal: Portal) -> Things:
    """News with a picture and a paper, a profile and a notice, a red and a black entry, an issue of the board."""
    things = Things()
    picture = keep_picture(db, portal.photos, check_and_shrink(board.photo()), "穹顶示意图", "writer")
    paper = keep_attachment(db, portal.photos, check_document(PDF, "穹顶票价表"), "writer")
    article = news.make_news(
        db,
        slug="dome",
        title="穹顶剧场试开放",
        body=f"穹顶里能坐九百人。\n\n![穹顶示意图]({picture_path(picture.name)})",
        attachments=paper.name,
        attachment_titles=paper.title,
        expires_at=START + timedelta(days=20),
    )
    person = people.make_published(db, "lin", name="林示例棠", one_line="独自守塔三十载", deeds="守塔人每晚点灯。" * 50)
    db.execute(update(Piece).where(Piece.id == person.piece_id).values(expires_at=START + timedelta(days=40)))
    noticed = people.make_person(db, "qiao", name="乔示例安", one_line="雨天替人收衣的邻居")
    people.vet(db, noticed)
    people.begin_notice(db, noticed, portal.city)
    batch = credit.save_batch(db, None, "三月发布", "本批次共两条。", START.date(), entries.people(db)[0])
    credit.approve_batch(db, batch, entries.people(db)[1][0])
    black = entries.make_entry(db, portal, batch_id=batch.id)
    red = entries.make_entry(
        db,
        portal,
        **{**entries.RED, "subject_name": "澄湖虚构食品有限公司", "uscc": entries.OTHER_CODE, "batch_id": batch.id},
    )
    finding = board.make_finding(db, board.make_site(db, "落星巷示例菜场"), reason="檐口滴水，台面结冰。")
    issue = board.make_issue(db, finding)
    db.execute(update(Piece).where(Piece.id == issue.piece_id).values(expires_at=START + timedelta(days=60)))
    db.commit()
    things.paths = [article.path, person.path, noticed.path, black.path, red.path, issue.path]
    things.files = [picture_path(picture.name), picture_path(picture.name, True), paper.path]
    things.secrets = [
        *("穹顶", "林示例棠", "独自守塔", "守塔人", "乔示例安", "替人收衣"),
        *(entries.FIRM, entries.CODE, "拖欠十二名工人工资", "澄湖虚构", entries.OTHER_CODE, "连续三年按时履约"),
        *("落星巷", "檐口滴水"),
    ]
    things.keys = {
        "slug": ["dome", "lin", "qiao"],
        "entry_no": [black.entry_no, red.entry_no],
        "issue_no": [issue.issue_no],
        "name": ["credit", "people", "news", "board", "cases", *(path.rsplit("/", 1)[-1] for path in things.files)],
        "key": [group.key for group in portal.city.groups],
    }
    return things


def doors_of(things: Things) -> Iterator[str]:
    """Every public door that reads, once for each thing that may stand in its place."""
    for door in DOORS:
        if door.method != "GET" or door.roles:
            continue
        names = PARAMETER.findall(door.path)
        if not names:
            yield door.path
        elif len(names) == 1:
            for key in things.keys.get(names[0], []):
                yield PARAMETER.sub(key, door.path)


def searches_of(things: Things) -> Iterator[str]:
    """Every box that searches, asked for every secret."""
    for secret in things.secrets:
        for path in ("/search", "/people", "/credit"):
            yield f"{path}?q={quote(secret)}"


def walk(client: TestClient, things: Things) -> dict[str, str]:
    """The text of every public address that can be found, without what a reader typed."""
    waiting = ["/", "/sitemap.xml", *doors_of(things), *searches_of(things), *things.paths, *things.files]
    seen: dict[str, str] = {}
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/desk", "/static", "/prefs")):
            continue
        answer = client.get(path)
        assert answer.status_code < 500, path
        text = unescape(answer.content.decode("utf-8-sig", "replace"))
        seen[path] = without_typed(path, text)
        for found in LINK.finditer(answer.text):
            parts = urlsplit(unescape(next(filter(None, found.groups()))))
            # Filters multiply; one at a time shows everything that all of them together do.
            if parts.netloc in {"", "testserver"} and parts.path.startswith("/") and parts.query.count("&") == 0:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    assert len(seen) < MOST, "the walk found no end"
    return seen


def without_typed(path: str, text: str) -> str:
    """The page without the words that the reader asked for, which boxes, titles and links show again."""
    _, _, query = path.partition("?q=")
    typed = next(iter(re.findall(r"[^&]+", query)), "")
    return text.replace(unquote(typed), "").replace(typed, "") if typed else text


def leaks(pages: dict[str, str], things: Things) -> list[tuple[str, str]]:
    """Where something of the things can be read."""
    return [(path, secret) for path, text in pages.items() for secret in things.secrets if secret in text]


def test_past_every_end_no_public_address_tells_anything(client: TestClient, portal: Portal, db: Session) -> None:
    """It walks some hundred pages four times, which takes seconds."""
    with time_machine.travel(START, tick=True) as clock:
        things = publish_one_of_everything(db, portal)
        refresh(portal)
        before = walk(client, things)
        shown = {secret for _path, secret in leaks(before, things)}
        assert shown == set(things.secrets)
        assert {path for path, secret in leaks(before, things) if secret == entries.FIRM} >= {"/", "/credit"}
        tags = {path: client.get(path).headers["etag"] for path in things.paths if path in before}
        assert [client.get(path).status_code for path in things.files] == [200, 200, 200]

        clock.move_to(START + timedelta(days=400))
        assert leaks(walk(client, things), things) == []
        for path in things.paths:
            assert client.get(path, headers={"If-None-Match": tags[path]}).status_code in {404, 410}, path
        assert [client.get(path).status_code for path in things.files] == [404, 404, 404]

        for job in JOBS:
            job.run(portal)
        refresh(portal)
        after = walk(client, things)
        assert leaks(after, things) == []
        assert "三月发布" in after["/credit"]
        assert after["/credit"].count("1 条") == 2


def test_what_is_taken_back_by_hand_is_gone_from_every_address_at_once(
    client: TestClient, portal: Portal, db: Session
) -> None:
    """Consent, revocation and repair do not wait for a clock; it walks some hundred pages twice."""
    with time_machine.travel(START, tick=True) as clock:
        things = publish_one_of_everything(db, portal)
        refresh(portal)
        walk(client, things)
        clock.move_to(START + timedelta(days=1))
        reviewer = people.find_or_make_staff(db)[1][0]
        honour.revoke(db, get_person(db, "lin"), reviewer, "事迹不实", "会议纪要 2 号")
        black = next(one for one in find_public_entries(db) if one.uscc == entries.CODE)
        credit.take_down(db, black, reviewer, Status.REVOKED, START.date(), "文书已撤销", portal.city)
        db.commit()
        gone = {"林示例棠", "独自守塔", "守塔人", entries.FIRM, entries.CODE, "拖欠十二名工人工资"}
        pages = walk(client, things)
        assert [(path, word) for path, word in leaks(pages, things) if word in gone] == []
        assert client.get("/people/lin").status_code == client.get(black.path).status_code == 410
        assert {word for _path, word in leaks(pages, things)} == set(things.secrets) - gone


def publish_a_case_and_ask_a_question(db: Session, client: TestClient, portal: Portal) -> tuple[Things, list[str]]:
    """A public case that was solved, and a survey with answers; and what nobody may ever read of the two."""
    told = {"name": "柳示例岸", "phone": "13987654321", "email": "liu@example.org"}
    text = "雁回桥护栏松了，推婴儿车要绕到马路中间，请打13987654321。"
    typed = {"text": text, "place": "示例亭东头", "photos": (cases.stored_photo(portal),), "submission_id": "a" * 32}
    number = cases.closed(portal, now() - timedelta(days=10), wants_publish=True, **typed, **told)
    cases.do(portal, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, Publication()))
    survey = surveys.make_open_survey(portal, slug="bench", asks_contact=True, closes_at=now() + timedelta(days=30))
    with portal.database.write() as writing:
        shen = Invitee(Channel.EMAIL, "shen@example.org", "示例一社区")
        invite(writing, portal.secrets, survey, [shen], "http://testserver/surveys/bench", "民声")
    said = {**surveys.GOOD, "words": "长椅太少了", "contact_consent": "y", "contact_phone": "13611112222"}
    assert client.post("/surveys/bench", data=said).status_code == 303
    surveys.add_answers(portal, survey, surveys.GOOD, times=12)
    code, token = query_code(portal.secrets, number, "a" * 32), token_of(portal.secrets, survey, 1)
    things = Things(
        paths=[f"/cases/{number}", "/surveys/bench", "/surveys/bench/results"],
        secrets=["雁回桥护栏松了", "示例亭东头", "已在校门口划定接送区"],
        keys={"case_no": [number], "slug": ["bench"], "key": [group.key for group in portal.city.groups]},
    )
    return things, [*told.values(), code, token, "13611112222", "shen@example.org", "示例一社区", "长椅太少了"]


def test_a_case_and_a_survey_never_tell_who_spoke_and_a_case_is_gone_after_its_years(
    portal: Portal, db: Session, client: TestClient, app: Starlette
) -> None:
    """It walks some hundred pages three times."""
    with time_machine.travel(START, tick=True) as clock:
        things, private = publish_a_case_and_ask_a_question(db, client, portal)
        refresh(portal)
        # Whoever answered a survey has a cookie; the walk is made by somebody else.
        stranger = TestClient(app)
        pages = walk(stranger, things)
        assert {secret for _path, secret in leaks(pages, things)} == set(things.secrets)
        assert leaks(pages, Things(secrets=private)) == []

        clock.move_to(START + timedelta(days=40))
        for job in JOBS:
            job.run(portal)
        with portal.database.write() as writing:
            survey = writing.scalars(select(Survey)).one()
            publish_result(
                writing, portal.city, survey, Choice(frozenset({"overall", "words"}), is_weighted=False), "test"
            )
        pages = walk(stranger, things)
        assert "测试问卷" in pages["/surveys/bench/results"]
        assert 'name="overall"' not in pages["/surveys/bench"]
        assert leaks(pages, Things(secrets=private)) == []

        clock.move_to(START + timedelta(days=6 * 366))
        for job in JOBS:
            job.run(portal)
        refresh(portal)
        pages = walk(stranger, things)
        assert leaks(pages, things) == []
        assert leaks(pages, Things(secrets=private)) == []
        assert stranger.get(things.paths[0]).status_code == 410
