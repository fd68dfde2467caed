"""What an editor types about a good person, and how revisions keep it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from portal.people.models import GoodPerson


@dataclass(frozen=True)
class Draft:
    """All an editor types; also the snapshot that revisions keep."""

    name: str
    category: str
    level: str
    honour_title: str
    batch_year: int
    batch_no: int
    batch_label: str
    region: str
    occupation_and_unit: str
    one_line: str
    deeds: str
    award_words: str = ""
    unit_count: int = 1
    photo: str = ""
    photo_alt: str = ""
    photo_credit: str = ""
    source: str = ""
    is_minor: bool = False


NOTICED = ("name", "category", "level", "honour_title", "batch_label", "region", "occupation_and_unit", "one_line")
"""What the public notice shows."""


def snapshot_of(draft: Draft) -> dict[str, Any]:
    """The draft as revisions keep it."""
    return asdict(draft)


def draft_of(snapshot: Mapping[str, Any]) -> Draft:
    """The draft a revision kept; fields it did not know have their defaults."""
    return Draft(**{key: value for key, value in snapshot.items() if key in Draft.__dataclass_fields__})


def draft_from(person: GoodPerson) -> Draft:
    """The draft that a profile's row was made of."""
    return Draft(**{name: getattr(person, name) for name in Draft.__dataclass_fields__})
