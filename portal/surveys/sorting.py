"""Open answers sorted by thematic group and topic through the router, and the phrases that come most often."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.chinese import clean, to_simplified
from portal.core.i18n import gettext as _
from portal.core.web import Portal
from portal.groups import OTHER, City
from portal.surveys.models import Survey, SurveyText

_AT_ONCE = 500
_OUTSIDE = 0.5


@dataclass(frozen=True)
class Heap:
    """Open answers about one group and topic. topic: the router's key, or empty."""

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


def heap_texts(city: City, texts: Iterable[SurveyText]) -> list[Heap]:
    """Texts by group and topic, the largest heap first; what nobody has sorted comes last."""
    heaps: dict[tuple[str, str], list[SurveyText]] = defaultdict(list)
    for text in texts:
        heaps[text.group_key or "", text.topic or ""].append(text)
    order = sorted(heaps.items(), key=lambda item: (not item[0][0], -len(item[1]), item[0]))
    return [Heap(group, _heap_name(city, group), topic, tuple(found)) for (group, topic), found in order]


def _heap_name(city: City, group_key: str) -> str:
    if not group_key:
        return _("尚未归类")
    if group_key == OTHER:
        return _("不属于任何专项组")
    group = city.find_group(group_key)
    return group.name if group else group_key


def common_phrases(texts: Sequence[str], most: int = 12) -> list[tuple[str, int]]:
    """The runs of 2 to 6 characters that most texts share, longest first among equals, none inside another."""
    counts: Counter[str] = Counter()
    for text in texts:
        plain = to_simplified(clean(text))
        runs = "".join(sign if "\u4e00" <= sign <= "\u9fff" else " " for sign in plain).split()
        counts.update({run[i : i + size] for run in runs for size in range(2, 7) for i in range(len(run) - size + 1)})
    found: list[tuple[str, int]] = []
    for phrase, count in sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]), item[0])):
        if count < 3 or len(found) == most:
            break
        if not any(phrase in kept or kept in phrase for kept, _count in found):
            found.append((phrase, count))
    return found
