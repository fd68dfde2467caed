"""Borders between groups that the place decides: the same topic goes to another group where certain words stand.

The router knows what a text is about; whose it is can depend on where it happens. A profile writes that down as rules
(`[[borders]]` in groups.toml); a text that names the place is then asked of a mapping in which the topic has moved.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.groups.city import OTHER, Border, City

Topics = Mapping[str, Mapping[str, float]]


class Borders:
    """A city's groups by text. The same rules give the same mapping object, so that the model can keep its arrays."""

    def __init__(self, city: City) -> None:
        self.plain: dict[str, dict[str, float]] = city.topic_map()
        self._rules = city.borders
        self._moved: dict[tuple[bool, ...], dict[str, dict[str, float]]] = {}

    def groups_for(self, text: str) -> dict[str, dict[str, float]]:
        """Group key -> topic -> weight for this text, whatever script or width it is written in."""
        if not self._rules:
            return self.plain
        from ml.text import normalise  # imports opencc, and a page that routes nothing needs it not

        normal = normalise(text).text
        hits = tuple(rule.applies_to(normal) for rule in self._rules)
        if not any(hits):
            return self.plain
        if hits not in self._moved:
            self._moved[hits] = _move(self.plain, [rule for rule, hit in zip(self._rules, hits, strict=True) if hit])
        return self._moved[hits]


def _move(groups: Topics, rules: list[Border]) -> dict[str, dict[str, float]]:
    """The mapping with every topic of the rules given whole to the rule's group; the first rule about a topic holds."""
    goes: dict[str, str] = {}
    for rule in rules:
        for topic in rule.topics:
            goes.setdefault(topic, rule.to)
    moved = {
        key: {topic: share for topic, share in topics.items() if topic not in goes} for key, topics in groups.items()
    }
    for topic, to in goes.items():
        if to != OTHER:
            moved[to][topic] = 1.0
    return moved
