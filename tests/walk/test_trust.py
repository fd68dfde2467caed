"""What the portal believes of a request, and what it never does: headers, cookies, addresses, strangers' links."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.accounts import service
from portal.accounts.service import NewStaff, add_staff
from portal.app import DOORS, create_app
from portal.core.roles import Role
from portal.core.settings import Settings
from tests.cases.factories import TEXT

PASSWORD = "Lantern-by-the-river-3"


@pytest.fixture
def mei(db: Session) -> str:
    """An account that can sign in."""
    add_staff(db, NewStaff("mei", "小梅", PASSWORD, frozenset({Role.EDITOR})), by="test")
    db.commit()
    return "mei"


@pytest.fixture
def strict(settings: Settings) -> Iterator[TestClient]:
    """A browser before a portal that counts uses, with no proxy in front."""
    app = create_app(replace(settings, limits=True))
    browser = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    yield browser
    app.state.portal.database.dispose()


def test_no_header_of_a_client_resets_its_limit(strict: TestClient) -> None:
    statuses = []
    for number in range(40):
        lies = {
            "X-Forwarded-For": f"198.51.100.{number}",
            "X-Real-IP": f"198.51.100.{number}",
            "Forwarded": f"for=198.51.100.{number}",
            "True-Client-IP": f"198.51.100.{number}",
        }
        form = {"case_no": "CZ20261101-0001", "query_code": "AAAAA-AAAAA"}
        statuses.append(strict.post("/cases/track", data=form, headers=lies).status_code)
    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_a_session_id_that_was_there_before_is_never_signed_in(client: TestClient, mei: str) -> None:
    client.cookies.set("staff", "planted-by-somebody-else")
    answer = client.post("/desk/login", data={"username": mei, "password": PASSWORD})
    given = answer.cookies.get("staff")
    assert given
    assert "planted" not in given
    again = client.post("/desk/login", data={"username": mei, "password": PASSWORD})
    assert again.cookies.get("staff") != given


def test_nothing_is_changed_by_following_a_link(client: TestClient) -> None:
    readable = {door.path for door in DOORS if door.method == "GET"}
    for door in DOORS:
        if door.method == "POST" and door.path not in readable and "{" not in door.path:
            answer = client.get(door.path)
            # 303: the address belongs to a page of the desk as well, which asks to sign in first.
            assert answer.status_code in {303, 404, 405}, door.path
            assert answer.headers.get("location", "/desk/login").startswith("/desk/login"), door.path


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one(
    client: TestClient, mei: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    genuine = service.is_password

    def counting(password_hash: str, password: str) -> bool:
        verified.append(password_hash[:30])
        return genuine(password_hash, password)

    monkeypatch.setattr(service, "is_password", counting)
    pages = [
        client.post("/desk/login", data={"username": name, "password": "Wrong-password-1"}).status_code
        for name in (mei, "nobody-of-this-name")
    ]
    assert pages == [422, 422]
    # The same parameters mean the same work.
    assert verified[0] == verified[1]


def test_no_link_is_made_from_the_host_that_a_client_names(client: TestClient) -> None:
    for path in ("/sitemap.xml", "/news/feed.atom", "/robots.txt", "/.well-known/security.txt", "/"):
        answer = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text, path
        assert "evil.example" not in answer.headers.get("location", ""), path


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_other_methods_are_not_allowed(client: TestClient, method: str) -> None:
    answer = client.request(method, "/cases")
    assert answer.status_code == 405
    assert "traceback" not in answer.text.lower()


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/portal.db",
        "/var/portal.db",
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/..%2fportal/app.py",
        "/pages/..%2f..%2fpyproject",
        "/pages/%2e%2e%2fcities%2fchangzhou%2fcity",
        "/data/..%2f..%2fportal.csv",
        "/docs",
        "/openapi.json",
        "/server-status",
    ],
)
def test_no_file_outside_what_is_published_can_be_read(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in {404, 405}
    assert "[project]" not in answer.text


class Canary:
    """A listener that notes whether anybody came."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.5)
        self.visitors = 0
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/canary.jpg"

    def _wait(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.visitors += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()
        self._thread.join(2)


def test_no_address_that_a_stranger_names_is_ever_fetched(app: Starlette, client: TestClient) -> None:
    canary = Canary()
    try:
        client.post(
            "/cases",
            data={"kind": "complaint", "text": f"{TEXT} {canary.url}", "media_url": canary.url, "photos": canary.url},
        )
        client.post(
            "/open311/v2/requests.json",
            data={"service_code": "main_roads", "description": TEXT, "media_url": canary.url, "api_key": "none"},
        )
        client.get("/search", params={"q": canary.url})
    finally:
        canary.close()
    assert canary.visitors == 0


def test_the_packages_are_at_least_as_new_as_their_mended_holes() -> None:
    least = {
        "starlette": (1, 10),
        "python-multipart": (0, 0, 34),
        "pillow": (13,),
        "h11": (0, 16),
        "jinja2": (3, 1, 6),
        "uvicorn": (0, 54),
        "cryptography": (46,),
    }
    for name, wanted in least.items():
        found = tuple(int(part) for part in version(name).split(".")[: len(wanted)] if part.isdigit())
        assert found >= wanted, f"{name} {version(name)}"


def test_the_shipped_proxy_overwrites_what_clients_say_of_their_address() -> None:
    conf = (Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf").read_text("utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf
    assert "$proxy_add_x_forwarded_for" not in conf
    for wanted in ("client_header_timeout", "client_body_timeout", "limit_conn", "client_max_body_size"):
        assert wanted in conf


def test_a_refused_method_names_all_that_the_address_takes(client: TestClient) -> None:
    assert client.delete("/cases").headers["allow"] == "GET, HEAD, POST"
    assert client.post("/credit").headers["allow"] == "GET, HEAD"
