"""Open answers sorted by thematic group and topic through the router, and the phrases that come most often."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.chinese import clean, to_simplified
from portal.core.i18n import gettext as _
from portal.core.web import Portal
from portal.groups import OTHER, City
from portal.surveys.models import Survey, SurveyText

_AT_ONCE = 500
_OUTSIDE = 0.5
_PHRASES_TRIED = 600
_LEAST_SHARED = 3
_SAME = 0.6


@dataclass(frozen=True)
class Heap:
    """Open answers about one group and topic. topic: what it means, in words, or empty."""

    group_key: str
    name: str
    topic: str
    texts: tuple[SurveyText, ...]


def sort_texts(db: Session, portal: Portal, survey: Survey | None = None, most: int = _AT_ONCE) -> int:
    """Let the router look at open answers it has not seen; returns how many it sorted. Without a model, none."""
    if portal.router.model() is None:
        return 0
    query = select(SurveyText).where(SurveyText.is_routed.is_(False))
    if survey is not None:
        query = query.where(SurveyText.survey_id == survey.id)
    count = 0
    for text in db.scalars(query.order_by(SurveyText.id).limit(most)):
        routing = portal.router.suggest(text.text_staff)
        if routing is not None:
            text.is_routed, text.topic = True, routing.topic[:60]
            text.group_key = routing.group if routing.outside < _OUTSIDE else OTHER
            count += 1
    db.flush()
    return count


@cache
def topic_words(content: Path) -> Mapping[str, str]:
    """What each of the router's topics means, from content/corpus; empty where that folder is not there."""
    path = content / "corpus" / "topics.toml"
    if not path.is_file():
        return {}
    return {key: row["means"] for key, row in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def heap_texts(city: City, texts: Iterable[SurveyText], words: Mapping[str, str]) -> list[Heap]:
    """Texts by group and topic, the largest heap first; what nobody has sorted comes last. words: of the topics."""
    heaps: dict[tuple[str, str], list[SurveyText]] = defaultdict(list)
    for text in texts:
        heaps[text.group_key or "", text.topic or ""].append(text)
    order = sorted(heaps.items(), key=lambda item: (not item[0][0], -len(item[1]), item[0]))
    return [Heap(group, _heap_name(city, group), words.get(topic, ""), tuple(found)) for (group, topic), found in order]


def _heap_name(city: City, group_key: str) -> str:
    if not group_key:
        return _("尚未归类")
    if group_key == OTHER:
        return _("不属于任何专项组")
    group = city.find_group(group_key)
    return group.name if group else group_key


def common_phrases(texts: Sequence[str], most: int = 10) -> list[tuple[str, int]]:
    """The runs of 2 to 8 characters that most texts share, with their numbers; each says something of its own."""
    plain = [to_simplified(clean(text)) for text in texts]
    counts: Counter[str] = Counter()
    for text in plain:
        counts.update(_runs(text))
    found: list[tuple[str, set[int]]] = []
    for phrase, count in sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))[:_PHRASES_TRIED]:
        if count < _LEAST_SHARED or len(found) == most:
            break
        holders = {number for number, text in enumerate(plain) if phrase in text}
        # Pieces of one longer phrase stand in the same texts; one of them is enough.
        if not any(len(holders & kept) > _SAME * len(holders | kept) for _kept, kept in found):
            found.append((phrase, holders))
    return [(phrase, len(holders)) for phrase, holders in found]


def _runs(text: str) -> set[str]:
    words = "".join(sign if "\u4e00" <= sign <= "\u9fff" else " " for sign in text).split()
    sizes = range(2, 9)
    return {word[start : start + size] for word in words for size in sizes for start in range(len(word) - size + 1)}
