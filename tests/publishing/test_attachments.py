"""Papers that go with an item: told by content, handed out as downloads, gone with the item."""

from collections.abc import Callable
from urllib.parse import unquote

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.editorial import Piece, withdraw
from tests.core.test_documents import PDF, office, picture
from tests.publishing.factories import find_or_make_staff
from tests.publishing.test_news_desk import TYPED, publish, step, the_news, write

Desk = Callable[..., TestClient]
WORD = office("[Content_Types].xml", "word/document.xml")


def write_with_papers(browser: TestClient, *files: tuple[str, bytes]) -> str:
    """Save a draft with papers; its desk path."""
    uploads = [("files", (name, data, "application/octet-stream")) for name, data in files]
    answer = browser.post("/desk/news/new", data={**TYPED, "slug": "hall"}, files=uploads)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def names_of(db: Session) -> list[str]:
    """The names under which the only item's papers are fetched."""
    return the_news(db).attachments.split()


def test_papers_are_listed_with_kind_and_size_and_saved_not_opened(desk: Desk, client: TestClient, db: Session) -> None:
    author = desk(Role.EDITOR)
    write_with_papers(author, ("搬迁<b>公告.exe", PDF), ("摊位表.pdf", WORD), ("效果图.png", picture()))
    publish(desk, db, author)
    page = client.get("/news/hall").text
    assert "搬迁 b 公告" in page
    assert "<b>公告" not in page
    for shown in ("摊位表.docx", "效果图.jpg", "PDF，1 KB"):
        assert shown in page
    answer = client.get(f"/attachments/{names_of(db)[1]}")
    assert answer.status_code == 200
    assert answer.content == WORD
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert unquote(disposition).endswith("摊位表.docx")


def test_a_paper_is_unseen_before_publication_and_gone_with_the_item(
    desk: Desk, client: TestClient, db: Session
) -> None:
    author = desk(Role.EDITOR)
    write_with_papers(author, ("公告.pdf", PDF))
    path = f"/attachments/{names_of(db)[0]}"
    assert client.get(path).status_code == 404
    assert author.get(path).status_code == 200
    publish(desk, db, author)
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    withdraw(db, db.get_one(Piece, the_news(db).piece_id), find_or_make_staff(db)[1][0], "有误")
    db.commit()
    assert client.get(path).status_code == 404
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 404


def test_other_people_of_the_desk_get_no_unpublished_paper(desk: Desk, db: Session) -> None:
    write_with_papers(desk(Role.EDITOR), ("公告.pdf", PDF))
    path = f"/attachments/{names_of(db)[0]}"
    assert desk(Role.UNIT, unit="x").get(path).status_code == 404
    assert desk(Role.ANALYST).get(path).status_code == 404


def test_what_runs_is_refused_at_the_field_and_the_text_stays(desk: Desk) -> None:
    macro = office("word/document.xml", "word/vbaProject.bin")
    files = [("files", ("a.docm", macro, "")), ("files", ("b.html", b"<script>", ""))]
    answer = desk(Role.EDITOR).post("/desk/news/new", data=TYPED, files=files)
    assert answer.status_code == 422
    assert "大棚有**八十**个摊位" in answer.text
    assert "“a.docm”：文件里有宏" in answer.text
    assert "“b.html”：只能上传" in answer.text


def test_papers_may_be_put_in_one_by_one_and_taken_out_again(desk: Desk, db: Session) -> None:
    author = desk(Role.EDITOR)
    added = author.post(
        "/desk/news/new", data={**TYPED, "act": "file"}, files=[("files", ("公告.pdf", PDF, "application/pdf"))]
    )
    assert added.status_code == 200
    name = added.text.split('name="attachments" value="')[1].split('"')[0]
    assert author.get(f"/attachments/{name}").status_code == 200
    path = write(author, attachments=name)
    assert "公告.pdf" in author.get(path).text
    assert author.post(f"{path}/edit", data={**TYPED, "version": "1"}).status_code == 303
    db.commit()
    assert names_of(db) == []


def test_a_changed_paper_sends_the_item_back_to_the_first_review(desk: Desk, db: Session) -> None:
    author = desk(Role.EDITOR)
    path = write(author)
    step(author, db, "submit", confidential="y")
    files = [("files", ("公告.pdf", PDF, "application/pdf"))]
    assert author.post(f"{path}/edit", data={**TYPED, "version": "1"}, files=files).status_code == 303
    assert "待初审" not in author.get(path).text
    revisions = author.get(f"/desk/pieces/{the_news(db).piece_id}/revisions").text
    assert "附件" in revisions
    assert "公告.pdf" in revisions


def test_more_papers_than_an_item_may_have_are_refused(desk: Desk) -> None:
    files = [("files", (f"{number}.pdf", PDF, "application/pdf")) for number in range(11)]
    answer = desk(Role.EDITOR).post("/desk/news/new", data=TYPED, files=files)
    assert answer.status_code == 422
    assert "一篇最多 10 个附件" in answer.text


def test_no_made_up_name_gets_anything(client: TestClient) -> None:
    for name in ("x" * 32, "0" * 32, "..%5cportal.db", "%2e%2e%2fportal.db"):
        assert client.get(f"/attachments/{name}").status_code == 404
