"""Finding a door among a hundred by the first parts of its path, in the order of the table."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

Parts = tuple[str, ...]
DEPTH = 2


def _fixed(path: str) -> Parts:
    """The leading parts of a pattern that are the same in every address, two at most."""
    parts: list[str] = []
    for part in path.split("/")[1 : DEPTH + 1]:
        if "{" in part:
            break
        parts.append(part)
    return tuple(parts)


def _may_serve(pattern: str, start: Parts) -> bool:
    """Whether an address that begins with these parts, and with no other fixed ones, can be meant by the pattern."""
    fixed = _fixed(pattern)
    return start[: len(fixed)] == fixed


class Doors(BaseRoute):
    """Routes that answer as they would one after the other; only those are asked that may be meant."""

    def __init__(self, routes: Sequence[Route]) -> None:
        starts = {(), *(_fixed(route.path)[:depth] for route in routes for depth in range(1, DEPTH + 1))}
        self._shelves = {start: [one for one in routes if _may_serve(one.path, start)] for start in starts}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first door with this path and method, or else what the doors with this path allow."""
        if scope["type"] != "http":
            return Match.NONE, {}
        allowed: set[str] = set()
        for route in self._candidates(scope["path"]):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, "door": route}
            if match is Match.PARTIAL:
                allowed |= route.methods or set()
        return (Match.PARTIAL, {"allowed": allowed}) if allowed else (Match.NONE, {})

    def _candidates(self, path: str) -> Sequence[Route]:
        parts = tuple(path.split("/", DEPTH + 1)[1 : DEPTH + 1])
        for depth in range(len(parts), 0, -1):
            found = self._shelves.get(parts[:depth])
            if found is not None:
                return found
        return self._shelves[()]

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the door that matched answer; refuse a method that none of the path takes, and name those they do."""
        if "door" not in scope:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(scope["allowed"]))})
        await scope["door"].handle(scope, receive, send)
