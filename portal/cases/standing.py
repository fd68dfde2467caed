"""How a case stands, told of whole cases and of the lines that lists are read as."""

from typing import Protocol

from portal.cases.states import Outcome, State


def summarise(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 44 else f"{line[:43]}…"


class _Told(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def outcome(self) -> str | None: ...
    @property
    def text_public(self) -> str: ...


class Standing:
    """For everything with the columns state, outcome and text_public of a case."""

    __slots__ = ()

    @property
    def stands(self: _Told) -> State:
        """The state as a member of State."""
        return State(self.state)

    @property
    def ended(self: _Told) -> Outcome | None:
        """The outcome as a member of Outcome."""
        return Outcome(self.outcome) if self.outcome else None

    @property
    def summary(self: _Told) -> str:
        """The beginning of the public text, for lists."""
        return summarise(self.text_public)
