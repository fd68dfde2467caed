"""Static files: packed, kept by browsers, and nothing but the files of one folder."""

import pytest

from portal.core.pages import STATIC, static


def test_a_file_comes_packed_with_its_type_and_may_be_kept_for_a_year(client):
    answer = client.get(static("css/site.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == (STATIC / "css" / "site.css").read_bytes()
    whole = client.get(static("css/site.css"), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in whole.headers
    assert whole.content == answer.content


def test_a_file_that_the_browser_has_is_not_sent_again(client):
    tag = client.get("/static/js/site.js").headers["etag"]
    answer = client.get("/static/js/site.js", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert client.get("/static/js/site.js").headers["cache-control"] == "no-cache"


def test_a_picture_is_not_packed_twice(client):
    answer = client.get("/static/img/share.png")
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    "name", ["", "nope.css", "css", "../pyproject.toml", "..%2fpyproject.toml", "css/%00", "/etc/passwd"]
)
def test_what_is_not_in_the_folder_is_not_there(client, name):
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_files_are_only_read(client):
    assert client.post("/static/css/site.css").status_code == 405
    head = client.head("/static/css/site.css")
    assert (head.status_code, head.content) == (200, b"")
