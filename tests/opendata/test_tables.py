"""Open data: what is given, what is not, and that it is safe to open."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import Case
from portal.core.web import Portal
from portal.editorial import withdraw
from portal.opendata import datasets, rows
from portal.opendata.datasets import DATASETS
from tests.search.factories import make_editors, make_news, make_public_case

NAMES = [one.name for one in DATASETS]


def read_csv(client: TestClient, name: str) -> list[dict[str, Any]]:
    """The rows of a table, as a spreadsheet sees them."""
    answer = client.get(f"/data/{name}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("name", NAMES)
def test_every_table_comes_as_csv_and_json_with_the_columns_of_its_dictionary(client: TestClient, name: str) -> None:
    fields = next(list(one.fields) for one in DATASETS if one.name == name)
    head = client.get(f"/data/{name}.csv").content.decode("utf-8-sig").splitlines()[0]
    assert head.split(",") == fields
    answer = client.get(f"/data/{name}.json").json()
    assert answer["name"] == name
    assert answer["rows"] == []


def test_the_page_explains_every_column(client: TestClient) -> None:
    page = client.get("/data").text
    for one in DATASETS:
        assert f"/data/{one.name}.csv" in page
        assert all(f">{field}<" in page for field in one.fields)
    assert "/data/figures.csv" in page


@pytest.mark.parametrize("path", ["/data/nothing.csv", "/data/staff.json", "/data/..%2f.csv", "/data/cases"])
def test_an_unknown_table_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_public_cases_come_redacted_and_private_ones_not_at_all(client: TestClient, portal: Portal) -> None:
    text_raw = "路灯坏了，我叫王小明，电话13812345678，住3栋2单元502室。"
    shown = make_public_case(portal, text=text_raw, phone="13912345678", lat=31.123456, lng=119.987654)
    make_public_case(portal, text="这一件没有公开过，不能给出去。")
    with portal.database.write() as session:
        session.execute(text("UPDATE case_file SET public_from = NULL WHERE case_no != :shown"), {"shown": shown})
    body = client.get("/data/cases.csv").text + client.get("/data/cases.json").text
    for secret in ("13812345678", "13912345678", "502室", "这一件没有公开过", "31.123456"):
        assert secret not in body
    (row,) = read_csv(client, "cases")
    assert (row["case_no"], row["lat"]) == (shown, "31.123")


@pytest.mark.parametrize("start", ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"])
def test_a_formula_is_defused_in_csv(client: TestClient, portal: Portal, start: str) -> None:
    make_public_case(portal)
    with portal.database.write() as session:
        session.scalars(select(Case)).one().text_public = f"{start} 路灯坏了"
    (row,) = read_csv(client, "cases")
    assert row["text"].startswith("'")


def test_a_withdrawn_item_leaves_the_table_at_once(client: TestClient, db: Session) -> None:
    staff = make_editors(db)
    news = make_news(db, staff)
    assert [row["slug"] for row in read_csv(client, "news")] == [news.slug]
    withdraw(db, news.piece, staff[1], "内容有误", "")
    db.commit()
    assert read_csv(client, "news") == []


def test_a_long_table_comes_in_parts_without_loss(
    client: TestClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PAGE", 3)
    numbers = {make_public_case(portal) for _number in range(8)}
    assert {row["case_no"] for row in read_csv(client, "cases")} == numbers
    assert {row["case_no"] for row in client.get("/data/cases.json").json()["rows"]} == numbers


def test_no_more_rows_than_the_limit_are_given(
    client: TestClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PAGE", 2)
    monkeypatch.setattr(datasets, "MOST", 4)
    for _number in range(6):
        make_public_case(portal)
    assert len(read_csv(client, "cases")) == 4
