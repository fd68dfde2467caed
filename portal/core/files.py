"""Static files from memory, packed once: each is read when it is first asked for, and sent as it is from then on."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    """One file as it is sent: its body by whether it is packed."""

    bodies: Mapping[bool, bytes]
    media_type: str
    tag: str


def read_file(path: Path) -> File:
    """A file made ready to be sent; packed when that saves a tenth."""
    body = path.read_bytes()
    packed = gzip.compress(body, 9, mtime=0)
    is_worth_it = len(packed) < 0.9 * len(body)
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
    return File({False: body, True: packed if is_worth_it else body}, media_type, tag)


class PackedFiles:
    """ASGI app: the files of a folder, which browsers may keep for a year when the address carries a fingerprint."""

    def __init__(self, directory: Path) -> None:
        # Only what was there at the start is ever served, so no address can lead anywhere else.
        found = (path for path in directory.rglob("*") if path.is_file())
        self._paths = {path.relative_to(directory).as_posix(): path for path in found}
        self._files: dict[str, File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        if name not in self._paths:
            raise HTTPException(404)
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = await run_in_threadpool(read_file, self._paths[name])
        await self._answer(file, scope)(scope, receive, send)

    def _answer(self, file: File, scope: Scope) -> Response:
        given = dict(scope["headers"])
        headers = {"ETag": file.tag, "Vary": "Accept-Encoding"}
        headers["Cache-Control"] = YEAR if scope["query_string"].startswith(b"v=") else "no-cache"
        if file.tag.encode() in given.get(b"if-none-match", b""):
            return Response(status_code=304, headers=headers)
        is_packed = b"gzip" in given.get(b"accept-encoding", b"")
        if is_packed and file.bodies[True] is not file.bodies[False]:
            headers["Content-Encoding"] = "gzip"
        return Response(file.bodies[is_packed], media_type=file.media_type, headers=headers)
