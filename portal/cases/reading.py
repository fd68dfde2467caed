"""Which version of a citizen's words each member of staff reads, and with whom a report is never shared.

The office reads partial masks until it asks for the contact data, which is written down; a unit reads the place in
full, because it has to go there, and no way to reach anybody (what the reporter agreed to tell stands apart).
"""

from collections.abc import Iterable

from portal.cases.lifecycle import shown_numbers
from portal.cases.states import Who
from portal.core.privacy import redact
from portal.groups import City, Prediction, Unit

HANDLER_ONLY = frozenset({Who.HANDLER, Who.HELPER})


def staff_version(city: City, text: str, who: frozenset[Who], is_revealed: bool = False) -> str:
    """The text for somebody who acts in these capacities. is_revealed: the look at contact data was written down."""
    if is_revealed and who - HANDLER_ONLY:
        return text
    return redact(text, "staff" if who - HANDLER_ONLY else "unit", keep=shown_numbers(city))


def marked(raw: str, shown: str, prediction: Prediction | None) -> list[tuple[str, bool]]:
    """The shown text in pieces, those that moved the router marked; masks may have moved their places."""
    if prediction is None:
        return [(shown, False)]
    # A single sign that counts a little only makes the text restless.
    words = [(raw[start:end], start) for word, _weight, start, end in prediction.words[:8] if len(word) > 1]
    spans = []
    for word, start in words:
        place = start if raw == shown else shown.find(word)
        if word and place >= 0:
            spans.append((place, place + len(word)))
    parts: list[tuple[str, bool]] = []
    cursor = 0
    for start, end in sorted(spans):
        if start >= cursor and end <= len(shown):
            parts += [(shown[cursor:start], False), (shown[start:end], True)]
            cursor = end
    return [part for part in [*parts, (shown[cursor:], False)] if part[0]]


def named_units(units: Iterable[Unit], text: str) -> list[str]:
    """Keys of the units that a text names by their whole or short name, the longest names first."""
    found = [
        (len(name), unit.key)
        for unit in units
        for name in {unit.name, unit.short, unit.name.removeprefix("市"), unit.short.removeprefix("市")}
        if len(name) > 2 and name in text
    ]
    return list(dict.fromkeys(key for _length, key in sorted(found, reverse=True)))
