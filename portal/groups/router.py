"""The router as the portal sees it: loaded once, renewed when a new model goes live, absent without breaking a page."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.orm import Session

from portal.groups.borders import Borders
from portal.groups.city import City

if TYPE_CHECKING:
    from ml.predict import Model, Routing

log = structlog.get_logger("portal.router")


@dataclass(frozen=True)
class Source:
    """What a subject of the ledger was about, as its own slice keeps it.

    text: as it was routed.  public: without personal data.  origin: a mark of who or where it came from, the same for
    the same sender; empty when unknown.  is_confidential: only for those who handle it.
    """

    text: str
    public: str
    origin: str
    is_confidential: bool


FindSource = Callable[[Session, str], Source | None]
"""Finds the source of a subject such as "case CZ20261123-0001"; None when there is none any more."""


def no_source(_db: Session, _subject: str) -> None:
    """For a router without cases around it."""


class Router:
    """Suggests a group for a text. Without a usable model file every suggestion is None: cases wait as unsorted."""

    def __init__(self, path: Path, city: City, find_source: FindSource = no_source) -> None:
        self.path = path
        self.find_source = find_source
        self.borders = Borders(city)
        self.groups = self.borders.plain
        self.thresholds = city.thresholds()
        self.outside_prior = city.router.outside_prior
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._model: Model | None = None
        self.fault = ""

    def model(self) -> "Model | None":
        """The live model; read again when its file changed, so that every process follows a promotion."""
        try:
            stat = self.path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            stamp = None
        if stamp != self._stamp:
            with self._lock:
                if stamp != self._stamp:
                    self._model = self._load() if stamp else None
                    self._stamp = stamp
        if stamp is None:
            self.fault = "no model yet: run `portal router train`"
        return self._model

    def _load(self) -> "Model | None":
        from ml.predict import (  # numpy takes a moment to import, and a page that routes nothing needs it not
            BadModel,
            Model,
        )

        try:
            model = Model.load(self.path)
        except BadModel as error:
            self.fault = str(error)
            log.error("model refused", path=str(self.path), reason=self.fault)
            return None
        self.fault = ""
        return model

    def suggest(self, text: str) -> "Routing | None":
        """The routing of a text, or None when there is no usable model."""
        model = self.model()
        if model is None:
            return None
        return self.ask(model, text)

    def ask(self, model: "Model", text: str) -> "Routing":
        """What one model says about a text in this city."""
        return model.route(text, self.borders.groups_for(text), self.thresholds, self.outside_prior)
