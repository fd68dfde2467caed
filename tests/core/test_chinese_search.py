"""Search finds any piece of a text exactly, whatever script it was typed in."""

import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.chinese import fts5_query, holds, index_text, postgres_query


@pytest.fixture
def search():
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table words using fts5(body, tokenize='unicode61', detail=none)")

    def found(text: str, query: str) -> bool:
        db.execute("delete from words")
        db.execute("insert into words values (?)", (index_text(text),))
        hits = db.execute("select 1 from words where words match ?", (fts5_query(query),)).fetchall()
        return bool(hits) and holds(query, text)

    yield found
    db.close()


def test_a_text_is_kept_as_pairs_of_characters() -> None:
    assert index_text("路灯坏了") == "路灯 灯坏 坏了 了"


def test_letters_digits_and_chinese_are_kept_apart() -> None:
    assert index_text("BRT3号线") == "brt 3 号线 线"


@pytest.mark.parametrize("query", ["市长", "长江", "南京市长江大桥", "桥", "BRT", "３号", "大橋", "brt3号线"])
def test_every_piece_is_found(search, query: str) -> None:
    assert search("南京市长江大桥下的BRT3号线，路灯", query)


@pytest.mark.parametrize("query", ["大路", "京南", "路灯坏"])
def test_what_is_not_there_is_not_found(search, query: str) -> None:
    assert not search("南京市长江大桥下的BRT3号线，路灯", query)


def test_pairs_that_stand_apart_are_not_the_piece_they_would_make(search) -> None:
    assert search("门口的路灯坏了", "路灯坏")
    assert not search("路灯很亮，灯坏的是别处", "路灯坏")
    assert search("路燈壞了", "路灯坏")


def test_words_apart_must_all_be_there(search) -> None:
    assert search("小区门口路灯坏了", "路灯 小区")
    assert not search("小区门口路灯坏了", "路灯 学校")


def test_a_query_of_signs_alone_searches_nothing() -> None:
    assert fts5_query('"*()-，。 ') == ""
    assert postgres_query("'&|!") == ""


def test_the_postgresql_query_asks_for_neighbours() -> None:
    assert postgres_query("路灯坏 3") == "('路灯' <-> '灯坏') & ('3':*)"


@given(st.text(max_size=60))
def test_no_query_is_a_syntax_error(text: str) -> None:
    with sqlite3.connect(":memory:") as db:
        db.execute("create virtual table words using fts5(body, detail=none)")
        query = fts5_query(text)
        if query:
            db.execute("select 1 from words where words match ?", (query,)).fetchall()
        assert re.fullmatch(r"(?:[()&<> -]|'[^'\\()&]+'(?::\*)?)*", postgres_query(text))
    db.close()


@given(st.text("路灯坏了门口小区abc123", min_size=3, max_size=20), st.data())
def test_any_substring_of_chinese_is_found_in_the_index(text: str, data: st.DataObject) -> None:
    han = "".join(character for character in text if not character.isascii()) or "路灯"
    start = data.draw(st.integers(0, len(han) - 1))
    end = data.draw(st.integers(start + 1, len(han)))
    with sqlite3.connect(":memory:") as db:
        db.execute("create virtual table words using fts5(body, tokenize='unicode61', detail=none)")
        db.execute("insert into words values (?)", (index_text(han),))
        assert db.execute("select 1 from words where words match ?", (fts5_query(han[start:end]),)).fetchall()
        assert holds(han[start:end], han)
    db.close()
