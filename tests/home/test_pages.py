"""The static pages, preferences, and what machines ask a site about itself."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from portal.app import create_app
from portal.core.settings import Settings
from portal.home.navigation import _section


@pytest.mark.parametrize("slug", ["about", "privacy", "accessibility", "help"])
def test_every_page_of_words_is_shown_as_safe_html(client: TestClient, slug: str) -> None:
    answer = client.get(f"/pages/{slug}")
    assert answer.status_code == 200
    assert "<h2" in answer.text
    assert "---" not in answer.text.split("<main")[1]


@pytest.mark.parametrize("slug", ["nope", "../cities/changzhou/city", "..%2f..%2fREADME", "a" * 300, "about.md"])
def test_a_page_that_is_not_there_is_a_calm_404(client: TestClient, slug: str) -> None:
    answer = client.get(f"/pages/{slug}")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_the_elder_mode_is_kept_and_leads_back(client: TestClient) -> None:
    answer = client.post("/prefs", data={"mode": "elder", "next": "/pages/help"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/pages/help"
    assert 'class="elder"' in client.get("/pages/help").text
    assert client.post("/prefs", data={"mode": "huge", "next": "https://evil.example"}).headers["location"] == "/"


def test_traditional_characters_follow_without_touching_a_page(client: TestClient) -> None:
    client.post("/prefs", data={"lang": "zh-Hant", "next": "/"})
    page = client.get("/pages/help").text
    assert "隱私說明" in page
    assert 'lang="zh-Hant"' in page
    assert "創建動態" in page, "a campaign is not renamed on the way"
    assert "無障礙聲明" in page


def test_health_readiness_and_the_other_pages_of_operations(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    assert "Disallow: /desk" in client.get("/robots.txt").text
    assert client.get("/.well-known/security.txt").text.startswith("Contact: mailto:")
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("path", ["/cases/CZ20261128-0001/mine", "/cases/CZ20261128-0001/rating", "/cases/track"])
def test_the_reporters_own_pages_belong_to_tracking(path: str) -> None:
    assert _section(path) == "track"


@pytest.mark.parametrize("path", ["/cases", "/cases/CZ20261128-0001", "/cases/CZ20261128-0001/support"])
def test_what_everybody_reads_belongs_to_the_public_list(path: str) -> None:
    assert _section(path) == "cases"


def test_the_icon_is_found_where_browsers_look_for_it(client: TestClient) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 301
    assert "max-age=86400" in answer.headers["cache-control"]
    icon = client.get(answer.headers["location"])
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")


def test_counters_are_there_for_those_who_have_the_token(settings: Settings) -> None:
    client = TestClient(create_app(replace(settings, metrics_token="a long token")))
    for path in ("/news", "/news", "/nope"):
        client.get(path)
    text = client.get("/metrics", headers={"Authorization": "Bearer a long token"}).text
    assert 'portal_requests_total{method="GET",status="200"} 2.0' in text
    assert 'portal_requests_total{method="GET",status="404"} 1.0' in text
    assert 'portal_request_seconds_bucket{le="+Inf",method="GET"} 3.0' in text
    assert 'portal_request_seconds_count{method="GET"} 3.0' in text


@pytest.mark.parametrize("path", ["/", "/nope", "/pages/help", "/static/css/site.css", "/desk/login"])
def test_every_answer_carries_the_headers_that_help_the_browser(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers
    assert "permissions-policy" in headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": "", "Referer": "https://evil.example/form"},
    ],
)
def test_a_form_from_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/prefs", data={"mode": "elder"}, headers=headers).status_code == 403


def test_an_old_client_that_says_nothing_passes_only_without_a_session(client: TestClient) -> None:
    del client.headers["Sec-Fetch-Site"]
    assert client.post("/prefs", data={"mode": "elder"}).status_code == 303
    client.cookies.set("staff", "anything")
    assert client.post("/prefs", data={"mode": "elder"}).status_code == 403


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/prefs", data={"mode": "x" * (13 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "太大" in answer.text


def test_a_machine_is_answered_in_json(client: TestClient) -> None:
    answer = client.get("/nope", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["error"] == "没有找到这个页面。"


def test_a_reader_of_english_can_report_and_follow_a_case(client: TestClient) -> None:
    client.post("/prefs", data={"lang": "en", "next": "/"})
    form = client.get("/cases/new").text.split("<main")[1].split("</main>")[0]
    for words in ("What happened", "Complaint", "Photos", "How to reach you", "In an emergency"):
        assert words in form
    refused = client.post("/cases", data={"kind": "complaint", "text": ""}).text
    assert "Please say what happened" in refused
    lost = client.get("/nowhere").text
    assert "There is no such page." in lost
    assert "Case number" in client.get("/cases/track").text


def test_the_site_map_is_a_page_for_people_and_each_of_its_links_opens(client: TestClient) -> None:
    assert 'href="/sitemap"' in client.get("/").text
    page = client.get("/sitemap").text.split("<main")[1].split("</main>")[0]
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) > 25
    for link in links:
        assert client.get(link).status_code == 200, link
