"""The history of a case cannot be changed without it showing."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal.cases.history import find_broken_histories
from portal.core.web import Portal
from tests.cases.factories import closed, fresh, in_progress


def test_an_untouched_history_holds(portal: Portal, db: Session) -> None:
    closed(portal)
    in_progress(portal)
    assert list(find_broken_histories(db)) == []


@pytest.mark.parametrize("act", ["UPDATE case_event SET public_text = 'x'", "DELETE FROM case_event"])
def test_the_database_refuses_to_change_history(portal: Portal, act: str) -> None:
    closed(portal)
    with pytest.raises(DatabaseError), portal.database.write() as db:
        db.execute(text(act))


TAMPERINGS = {
    "an altered text": "UPDATE case_event SET public_text = 'x' WHERE action = 'resolve'",
    "another actor": "UPDATE case_event SET actor = 'nobody' WHERE action = 'accept'",
    "a moved time": "UPDATE case_event SET at = '2020-01-01 00:00:00.000000' WHERE action = 'contact'",
    "a lost step": "DELETE FROM case_event WHERE action = 'accept'",
    "a lost last step": "DELETE FROM case_event WHERE action = 'satisfied'",
    "no history at all": "DELETE FROM case_event",
}


@pytest.mark.parametrize("act", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_somebody_with_the_database_in_hand_is_found_out(portal: Portal, db: Session, act: str) -> None:
    number, other = closed(portal), in_progress(portal)
    with portal.database.write() as session:
        for trigger in ("case_event_no_update", "case_event_no_delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        session.execute(text("DELETE FROM case_message"))
        session.execute(text("DELETE FROM case_photo"))
        session.execute(text(act))
    found = list(find_broken_histories(fresh(db)))
    assert number in found
    assert (other in found) == (act in {TAMPERINGS["no history at all"]} or "accept" in act or "contact" in act)
