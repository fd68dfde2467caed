"""Pages kept in memory for readers who look again: the same answer as long as nothing it shows has changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from portal.core.clock import now
from portal.core.i18n import language

if TYPE_CHECKING:
    from portal.core.web import Ctx

Thing = TypeVar("Thing", bound=Hashable)
Value = TypeVar("Value")


class KeptPages:
    """At most so many rendered pages of this process, the least used forgotten first."""

    def __init__(self, most: int = 60) -> None:
        self._most = most
        self._pages: OrderedDict[tuple[object, ...], tuple[bytes, dict[str, str]]] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, ctx: "Ctx", version: object, make: Callable[["Ctx"], Response]) -> Response:
        """The kept page, or a new one.

        version: anything that differs once the page's data do. A page is kept for one person with the same rights,
        one address, one way of reading and one minute (pages say what is overdue); one with a message is never kept.
        """
        if ctx.has_message:
            return make(ctx)
        asked = ctx.request.scope["path"], ctx.request.scope["query_string"]
        key = (asked, ctx.partial, ctx.prefs, *_whose(ctx), version)
        with self._lock:
            found = self._pages.get(key)
            if found:
                self._pages.move_to_end(key)
        if found:
            return HTMLResponse(found[0], headers=found[1])
        response = make(ctx)
        if response.status_code == 200:
            kept = {name: response.headers[name] for name in ("vary", "cache-control") if name in response.headers}
            with self._lock:
                self._pages[key] = (bytes(response.body), kept)
                while len(self._pages) > self._most:
                    self._pages.popitem(last=False)
        return response


def _whose(ctx: "Ctx") -> tuple[object, ...]:
    """Who asks, with which rights, and in which minute."""
    return ctx.person, int(now().timestamp()) // 60


class KeptParts:
    """Parts of pages of this process, written once for what they are made of, the least used forgotten first."""

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._parts: OrderedDict[tuple[object, ...], tuple[datetime, datetime, str]] = OrderedDict()
        self._lock = threading.Lock()

    def parts(
        self,
        name: str,
        things: Sequence[Thing],
        until: Callable[[Thing, datetime], datetime],
        make: Callable[[Thing], str],
    ) -> Markup:
        """One part for each thing, one after the other: kept ones, or new ones in the reader's language.

        thing: everything its part shows: what it says is the same whoever asks.  until: the last moment at which the
        clock leaves a part as it is when it is made at a given one.
        """
        told, moment = language(), now()
        keys = [(told, name, thing) for thing in things]
        with self._lock:
            texts = [self._find(key, moment) for key in keys]
        for number, text in enumerate(texts):
            if text is None:
                texts[number] = self._keep(keys[number], moment, until(things[number], moment), make(things[number]))
        return Markup("".join(texts))  # type: ignore[arg-type]  # noqa: S704  # nosec B704

    def _find(self, key: tuple[object, ...], moment: datetime) -> str | None:
        found = self._parts.get(key)
        if found is None or not found[0] <= moment <= found[1]:
            return None
        self._parts.move_to_end(key)
        return found[2]

    def _keep(self, key: tuple[object, ...], moment: datetime, until: datetime, text: str) -> str:
        with self._lock:
            self._parts[key] = (moment, until, text)
            while len(self._parts) > self._most:
                self._parts.popitem(last=False)
        return text


class KeptValues:
    """Values that several pages of one person show, worked out once for each version of the data and minute.

    At most so many of this process, the least used forgotten first.
    """

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._values: OrderedDict[tuple[object, ...], object] = OrderedDict()
        self._lock = threading.Lock()

    def value(self, ctx: "Ctx", name: Hashable, version: object, make: Callable[[], Value]) -> Value:
        """The kept value, or a new one.

        name: which value, and all it depends on besides who asks, the minute and the version.  version: anything that
        differs once the value may.
        """
        key = (name, *_whose(ctx), version)
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
        if found is not None:
            return cast(Value, found)
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
