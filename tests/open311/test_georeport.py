"""GeoReport v2: other systems read public cases, in JSON and XML, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, text
from starlette.testclient import TestClient

from portal.cases import Case
from portal.core.clock import now
from portal.core.web import Portal
from tests.cases.factories import make_case
from tests.conftest import Statements
from tests.search.factories import make_public_case

BASE = "/open311/v2"
Change = Callable[[Case], None]


@pytest.mark.parametrize("name", ["discovery", "services", "requests", "services/main_roads"])
def test_every_list_comes_in_both_formats(client: TestClient, name: str) -> None:
    data = client.get(f"{BASE}/{name}.json")
    assert data.status_code == 200
    assert isinstance(data.json(), dict | list)
    page = client.get(f"{BASE}/{name}.xml")
    assert page.headers["content-type"].startswith("text/xml")
    assert ElementTree.fromstring(page.content).tag


def test_the_groups_of_the_city_are_the_services(client: TestClient, portal: Portal) -> None:
    codes = [one["service_code"] for one in client.get(f"{BASE}/services.json").json()]
    assert codes == [*(group.key for group in portal.city.groups), portal.city.coordination.key]
    names = ElementTree.fromstring(client.get(f"{BASE}/services.xml").content).findall("service/service_code")
    assert [name.text for name in names] == codes


def test_a_service_tells_what_it_asks(client: TestClient, portal: Portal) -> None:
    group = next(group for group in portal.city.groups if group.questions)
    found = client.get(f"{BASE}/services/{group.key}.json").json()
    assert found["attributes"][0]["code"] == group.questions[0].key
    root = ElementTree.fromstring(client.get(f"{BASE}/services/{group.key}.xml").content)
    assert root.tag == "service_definition"
    assert root.findtext("attributes/attribute/code") == group.questions[0].key


def test_a_public_case_reads_redacted_in_both_formats(client: TestClient, portal: Portal) -> None:
    written = "路灯坏了 <b>&，电话13812345678。"
    case_no = make_public_case(portal, text=written, phone="13912345678", lat=31.123456, lng=119.987654)
    (found,) = client.get(f"{BASE}/requests/{case_no}.json").json()
    assert found["service_request_id"] == case_no
    assert found["status"] == "open"
    assert (found["lat"], found["long"]) == (31.123, 119.988)
    assert found["requested_datetime"].endswith("+08:00")
    page = client.get(f"{BASE}/requests/{case_no}.xml")
    request = ElementTree.fromstring(page.content).find("request")
    assert request is not None
    assert request.findtext("description") == found["description"]
    assert "1381234" not in page.text
    assert "1391234" not in page.text


def test_a_private_or_hidden_case_does_not_exist(client: TestClient, portal: Portal) -> None:
    private = make_case(portal)
    with portal.database.write() as session:
        session.execute(text("UPDATE case_file SET public_from = NULL"))
    hidden = make_public_case(portal)
    with portal.database.write() as session:
        session.scalars(select(Case).where(Case.case_no == hidden)).one().is_hidden = True
    assert client.get(f"{BASE}/requests.json").json() == []
    for number in (private, hidden):
        for path in (f"requests/{number}", f"tokens/{number}"):
            answer = client.get(f"{BASE}/{path}.json")
            assert answer.status_code == 404
            assert answer.json()[0]["code"] == 404
        assert client.get(f"{BASE}/requests.json?service_request_id={number}").json() == []


def test_an_error_has_the_shape_of_the_standard_in_xml_too(client: TestClient) -> None:
    answer = client.get(f"{BASE}/requests/nothing.xml")
    assert answer.status_code == 404
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "errors"
    assert root.findtext("error/code") == "404"
    assert root.findtext("error/description")


@pytest.mark.parametrize(
    "query",
    ["status=done", "start_date=yesterday", "end_date=2026-13-01", "page_size=0", "page_size=x", "page_size=99999",
     "after=abc", "service_request_id=" + "a," * 60],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_400(client: TestClient, query: str) -> None:
    answer = client.get(f"{BASE}/requests.json?{query}")
    assert answer.status_code == 400
    assert answer.json()[0]["description"]


@pytest.mark.parametrize("path", ["requests.html", "services/nothing.json", "requests/.json", "tokens/x.json"])
def test_unknown_things_are_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"{BASE}/{path}").status_code == 404


@pytest.mark.parametrize(
    "query", ["start_date=0001-01-01", "start_date=9999-12-31", "end_date=1999-01-01T00:00:00Z", "service_code=%00"]
)
def test_moments_beyond_all_cases_give_an_empty_list(client: TestClient, portal: Portal, query: str) -> None:
    make_public_case(portal)
    answer = client.get(f"{BASE}/requests.json?{query}")
    assert answer.status_code == 200


def test_filters_choose_by_service_status_number_and_time(client: TestClient, portal: Portal) -> None:
    old = make_public_case(portal, at=now() - timedelta(days=40))
    new = make_public_case(portal)
    with portal.database.write() as session:
        session.scalars(select(Case).where(Case.case_no == new)).one().group = "markets"
        session.scalars(select(Case).where(Case.case_no == old)).one().queue = 3

    def numbers(query: str) -> list[str]:
        return [one["service_request_id"] for one in client.get(f"{BASE}/requests.json?{query}").json()]

    assert numbers("") == [new, old]
    assert numbers("status=open") == [new]
    assert numbers("status=closed") == [old]
    assert numbers("status=open,closed") == [new, old]
    assert numbers("service_code=markets,pets") == [new]
    assert numbers(f"service_request_id={old.lower()}") == [old]
    assert numbers(f"start_date={(now() - timedelta(days=5)).isoformat()}") == [new]


def test_pages_follow_each_other_by_cursor(client: TestClient, portal: Portal) -> None:
    made = {make_public_case(portal) for _number in range(5)}
    seen: list[str] = []
    after = ""
    for _page in range(3):
        answer = client.get(f"{BASE}/requests.json", params={"page_size": 2, "after": after})
        seen += [one["service_request_id"] for one in answer.json()]
        after = answer.headers.get("X-Next-After", "")
    assert set(seen) == made
    assert len(seen) == 5
    assert not after


def test_a_page_sends_as_many_statements_for_twenty_cases_as_for_one(
    client: TestClient, portal: Portal, statements: Statements
) -> None:
    counts = []
    for number in (1, 19):
        for _number in range(number):
            make_public_case(portal)
        statements.clear()
        assert client.get(f"{BASE}/requests.json").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_control_character_does_not_break_the_xml(client: TestClient, portal: Portal) -> None:
    case_no = make_public_case(portal)
    with portal.database.write() as session:
        session.scalars(select(Case)).one().text_public = "路灯\x0b坏了\ufffe"
    root = ElementTree.fromstring(client.get(f"{BASE}/requests/{case_no}.xml").content)
    assert root.findtext("request/description") == "路灯坏了"


def test_the_description_names_every_door(client: TestClient) -> None:
    found = client.get(f"{BASE}/openapi.json").json()
    assert found["openapi"].startswith("3.")
    assert {path.partition(".")[0].split("/")[1] for path in found["paths"]} == {
        "discovery",
        "services",
        "requests",
        "tokens",
    }
