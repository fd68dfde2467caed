"""A kept photo is whole, flushed to the disk and reachable only by the name the store made."""

import os
from datetime import date

import pytest

from portal.core.photos import Photo, PhotoStore, new_key, small_key

DAY = date(2026, 11, 3)
PHOTO = Photo(b"large", b"small", 4, 3, "00" * 32, 0)


@pytest.fixture(params=["folder", "file", "memory"])
def store(request, tmp_path) -> PhotoStore:
    return PhotoStore(
        {"folder": str(tmp_path / "照片"), "file": (tmp_path / "m").as_uri(), "memory": "memory://"}[request.param]
    )


def test_a_photo_and_its_thumbnail_come_back(store) -> None:
    key = store.put_photo(PHOTO, DAY)
    assert key.startswith("2026/11/")
    assert len(key) == len("2026/11/") + 32 + len(".jpg")
    assert (store.get(key), store.get(small_key(key))) == (b"large", b"small")
    assert sorted(store.list_keys()) == sorted([key, small_key(key)])


def test_a_deleted_photo_is_gone_and_deleting_again_is_no_fault(store) -> None:
    key = new_key(DAY)
    store.put(key, b"x")
    assert store.exists(key)
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)
    with pytest.raises(FileNotFoundError):
        store.get(key)


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "/etc/passwd", "2026/11/a.jpg", "2026/11/" + "0" * 32 + ".jpg/..", ""]
)
def test_no_other_name_reaches_the_disk(store, key: str) -> None:
    for use in (store.get, store.exists, store.delete, lambda name: store.put(name, b"")):
        with pytest.raises(ValueError, match="not the key"):
            use(key)


def test_no_two_names_are_the_same() -> None:
    assert len({new_key(DAY) for _ in range(1000)}) == 1000


def test_content_and_folders_are_flushed_before_put_returns(tmp_path, monkeypatch) -> None:
    steps = []
    flush, rename = os.fsync, os.replace
    names = {}

    def fsync(handle: int) -> None:
        steps.append(("flush", os.readlink(f"/proc/self/fd/{handle}")))
        flush(handle)

    def replace(source, target) -> None:
        names.update(source=str(source), target=str(target))
        steps.append(("rename", str(target)))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr("pathlib.os.replace", replace)
    key = new_key(DAY)
    PhotoStore(str(tmp_path)).put(key, b"x")
    path = str(tmp_path / key)
    assert steps[-3:] == [("flush", names["source"]), ("rename", path), ("flush", os.path.dirname(path))]
    assert [step for step, _ in steps[:-3]] == ["flush", "flush"]


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "2026/11").mkdir(parents=True)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        PhotoStore(str(tmp_path)).put(new_key(DAY), b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(ValueError, match="ftp"):
        PhotoStore("ftp://host/photos")
