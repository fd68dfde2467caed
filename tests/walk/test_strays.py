"""Files that no row names are taken away after a day, and no file that a page shows is."""

import re
from datetime import timedelta

from sqlalchemy import JSON, String, Text, select
from sqlalchemy.types import TypeDecorator

from portal.core.clock import now, today
from portal.core.db import Base
from portal.core.photos import MediaKey, MediaKeys, check_and_shrink, forget_strays, small_key
from tests.cases.factories import TEXT, photo_bytes
from tests.walk.conftest import House

KEY = re.compile(r"\b[0-9]{4}/[0-9]{2}/[0-9a-f]{32}\.[a-z0-9]{1,5}\b")
NEXT_WEEK = timedelta(days=7)


def test_a_photo_of_a_broken_off_submission_goes_after_a_day_and_not_before(house: House) -> None:
    photos = house.portal.photos
    key = photos.put_photo(check_and_shrink(photo_bytes("green")), today())
    assert forget_strays(house.portal, now()) == 0
    assert photos.exists(key)
    assert forget_strays(house.portal, now() + NEXT_WEEK) == 2
    assert not photos.exists(key)
    assert not photos.exists(small_key(key))


def test_what_a_row_names_stays(house: House) -> None:
    browser = house.citizen()
    photo = ("photos", ("a.jpg", photo_bytes("blue"), "image/jpeg"))
    assert browser.post("/cases", data={"kind": "complaint", "text": TEXT}, files=[photo]).status_code == 303
    before = set(house.portal.photos.list_keys())
    assert len(before) > 2
    forget_strays(house.portal, now() + NEXT_WEEK)
    assert set(house.portal.photos.list_keys()) == before


def test_every_column_that_holds_a_key_says_so(house: House) -> None:
    """A column that holds keys and does not say so would lose its files."""
    silent = []
    with house.portal.database.read() as db:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
                if not isinstance(kind, String | Text | JSON) or isinstance(column.type, MediaKey | MediaKeys):
                    continue
                if any(KEY.search(str(value)) for value in db.scalars(select(column)) if value):
                    silent.append(f"{table.name}.{column.name}")
    assert silent == []
