"""Where photos lie: names nobody can guess, on disk or in an S3-compatible store, safe against a power cut."""

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import MemoryStore, S3Store

from portal.core.photos.check import Photo

_KEY = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9a-f]{32}(?:-small)?\.[a-z0-9]{1,5}")


def new_key(on: date, ending: str = "jpg") -> str:
    """A name nobody can guess (128 bits), in the folder of its month: `2026/11/<32 hex digits>.jpg`."""
    return f"{on:%Y/%m}/{secrets.token_hex(16)}.{ending}"


def small_key(key: str) -> str:
    """Where the thumbnail of this photo lies."""
    stem, _, ending = key.rpartition(".")
    return f"{stem}-small.{ending}"


class _Files(Protocol):
    def put(self, key: str, data: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...
    def delete(self, key: str) -> None: ...
    def exists(self, key: str) -> bool: ...
    def list_files(self) -> Iterator[tuple[str, datetime]]: ...


class PhotoStore:
    """Where photos lie: a folder (`/path`, `file:///path`), `s3://bucket/prefix`, or `memory://` for tests.

    Every method takes keys as `new_key` makes them and raises ValueError for any other, so that no name from
    outside reaches the disk. An S3 store reads its address and keys from AWS_ENDPOINT, AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY and AWS_REGION. What cannot be written raises OSError.
    """

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._files: _Files
        if address.scheme == "memory":
            self._files = _ObjectFiles(MemoryStore())
        elif address.scheme in {"s3", "s3a"}:
            self._files = _ObjectFiles(S3Store.from_url(url))
        elif address.scheme in {"", "file"}:
            self._files = _LocalFiles(Path(unquote(address.path) if address.scheme else url))
        else:
            raise ValueError(f"no store for photos of the kind {address.scheme}://")

    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes; on return they survive a power cut."""
        self._files.put(_checked(key), data)

    def put_photo(self, photo: Photo, on: date) -> str:
        """Keep a photo and its thumbnail under a new name; return the photo's key."""
        key = new_key(on)
        self.put(small_key(key), photo.thumbnail)
        self.put(key, photo.jpeg)
        return key

    def get(self, key: str) -> bytes:
        """The bytes. Raises FileNotFoundError when there are none."""
        return self._files.get(_checked(key))

    def delete(self, key: str) -> None:
        """Take the file away; one that is not there is no fault."""
        self._files.delete(_checked(key))

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        return self._files.exists(_checked(key))

    def list_keys(self, before: datetime | None = None) -> Iterator[str]:
        """Every key there is, or those stored before a moment; half-written and foreign files are left out."""
        for key, stored_at in self._files.list_files():
            if _KEY.fullmatch(key) and (before is None or stored_at < before):
                yield key


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("this is not the key of a photo")
    return key


class _LocalFiles:
    """A folder. obstore's own does not flush, so a photo could be lost after its case was acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, data: bytes) -> None:
        """Write beside, flush, rename, flush the folders: the name appears only with the whole content."""
        path = self.folder / key
        self._make_folder(path.parent)
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)

    def _make_folder(self, folder: Path) -> None:
        """The folder and those above it, each flushed into the one that holds it."""
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            _flush_folder(new.parent)

    def get(self, key: str) -> bytes:
        return (self.folder / key).read_bytes()

    def delete(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.folder / key).unlink()
            _flush_folder((self.folder / key).parent)

    def exists(self, key: str) -> bool:
        return (self.folder / key).is_file()

    def list_files(self) -> Iterator[tuple[str, datetime]]:
        for path in sorted(self.folder.glob("*/*/*")):
            stored_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield path.relative_to(self.folder).as_posix(), stored_at


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _ObjectFiles:
    """A store in memory or an S3 bucket; an S3 put is durable when it returns."""

    def __init__(self, store: MemoryStore | S3Store) -> None:
        self.store = store

    def put(self, key: str, data: bytes) -> None:
        try:
            obstore.put(self.store, key, data)
        except BaseError as fault:
            raise OSError("the photo store does not answer") from fault

    def get(self, key: str) -> bytes:
        try:
            return bytes(obstore.get(self.store, key).bytes())
        except BaseError as fault:
            raise OSError("the photo store does not answer") from fault

    def delete(self, key: str) -> None:
        try:
            with contextlib.suppress(FileNotFoundError):
                obstore.delete(self.store, key)
        except BaseError as fault:
            raise OSError("the photo store does not answer") from fault

    def exists(self, key: str) -> bool:
        try:
            obstore.head(self.store, key)
        except FileNotFoundError:
            return False
        except BaseError as fault:
            raise OSError("the photo store does not answer") from fault
        return True

    def list_files(self) -> Iterator[tuple[str, datetime]]:
        for batch in obstore.list(self.store):
            for entry in batch:
                yield entry["path"], entry["last_modified"]
