"""Remarks stand beside the text: marked where they belong, and before the author's eyes while writing."""

from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.editorial import add_comment, approve, send_back, submit_for_review
from portal.editorial.quotes import mark_words
from portal.editorial.service import settle_comment
from tests.publishing.factories import find_or_make_staff, make_draft

Desk = Callable[..., TestClient]


def test_the_first_place_of_a_quote_leads_to_its_remark() -> None:
    marked = mark_words("<p>摊位四十个，四十个。</p>", [("comment-7", "四十个")])
    assert marked == '<p>摊位<mark id="at-comment-7"><a href="#comment-7">四十个</a></mark>，四十个。</p>'


def test_a_quote_in_a_link_or_over_a_border_changes_nothing() -> None:
    for html in ('<p><a href="/news">四十个</a></p>', "<p>四十</p><p>个</p>", '<p title="四十个"></p>'):
        assert mark_words(html, [("comment-7", "四十个")]) == html


def test_signs_in_a_quote_stay_words() -> None:
    marked = mark_words("<p>3 &lt; 5</p>", [("comment-7", "3 < 5")])
    assert marked == '<p><mark id="at-comment-7"><a href="#comment-7">3 &lt; 5</a></mark></p>'
    assert mark_words("<p>文</p>", [("comment-7", "<script>")]) == "<p>文</p>"


def test_two_remarks_about_the_same_words_mark_them_once() -> None:
    assert mark_words("<p>四十个</p>", [("comment-1", "四十个"), ("comment-2", "四十个")]).count("<mark") == 1


def test_a_finding_is_marked_in_the_text_until_it_is_let_stand(db: Session, desk: Desk) -> None:
    article = make_draft(db, body="值班电话 13800138000，夜里也有人接。")
    editor = desk(Role.EDITOR)
    page = editor.get(f"/desk/news/{article.id}").text
    key = page.split('id="finding-')[1].split('"')[0]
    assert f'<mark id="at-finding-{key}"><a href="#finding-{key}">13800138000</a></mark>' in page
    editor.post(f"/desk/pieces/{article.piece_id}/overrule", data={"finding": key, "reason": "公开的值班电话"})
    assert "<mark" not in editor.get(f"/desk/news/{article.id}").text


def test_a_refused_step_shows_again_what_was_written(db: Session, desk: Desk) -> None:
    article = make_draft(db)
    author, reviewers = find_or_make_staff(db)
    submit_for_review(db, article.piece, author, is_confidential_checked=True)
    approve(db, article.piece, reviewers[0])
    db.commit()
    typed = {"version": "9", "note": "第二段的日期请与市场办核对后再送。"}
    answer = desk(Role.REVIEWER).post(f"/desk/pieces/{article.piece_id}/send-back", data=typed)
    assert answer.status_code == 409
    assert "您刚才写的" in answer.text
    assert typed["note"] in answer.text
    assert 'href="/desk"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_author_writes_with_the_remarks_in_sight_until_they_are_settled(db: Session, desk: Desk) -> None:
    article = make_draft(db, body="菜场换了新顶棚，摊位四十个。")
    author, reviewers = find_or_make_staff(db)
    submit_for_review(db, article.piece, author, is_confidential_checked=True)
    comment = add_comment(db, article.piece, reviewers[0], "请与市场办核对。", "摊位四十个")
    send_back(db, article.piece, reviewers[0], "数字有出入。")
    db.commit()
    editor = desk(Role.EDITOR)
    shown = editor.get(f"/desk/news/{article.id}").text
    assert f'<mark id="at-comment-{comment.id}"><a href="#comment-{comment.id}">摊位四十个</a></mark>' in shown
    assert f'id="comment-{comment.id}"' in shown
    writing = editor.get(f"/desk/news/{article.id}/edit").text
    assert "初审退回：" in writing
    assert "数字有出入。" in writing
    assert "请与市场办核对。" in writing
    settle_comment(db, comment, author)
    db.commit()
    assert "<mark" not in editor.get(f"/desk/news/{article.id}").text
    assert "请与市场办核对。" not in editor.get(f"/desk/news/{article.id}/edit").text
