"""A case that its unit dealt with confirms the router; what people decided before stays their word."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import closing, handling
from portal.cases.states import Outcome
from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups import Decision, Example, keep_confirmation, keep_example
from portal.groups.ledger import CONFIRMED
from tests.cases.factories import GROUP, SureRouter, do, make_case, stored_photo

TEXT = "校门口放学堵得走不动，请打 13812345678 找我。"


def dealt_with(portal: Portal, outcome: Outcome) -> None:
    """A case that the router dispatched alone, and its unit resolved."""
    case_no = make_case(portal, routing=SureRouter(is_auto=True).suggest(TEXT), text=TEXT)
    how = closing.Resolution("已在校门口划定接送区。", outcome, [stored_photo(portal)])
    do(portal, case_no, Role.UNIT, handling.accept)
    do(portal, case_no, Role.UNIT, lambda db, act, case: handling.contact(db, act, case, "电话说明"))
    do(portal, case_no, Role.UNIT, lambda db, act, case: closing.resolve(db, act, case, how))


def test_a_case_dispatched_alone_and_resolved_is_an_example_without_personal_data(portal: Portal, db: Session) -> None:
    dealt_with(portal, Outcome.SOLVED)
    example = db.scalars(select(Example)).one()
    assert example.group == GROUP
    assert "13812345678" not in example.text
    decision = db.scalars(select(Decision)).one()
    assert (decision.group, decision.reason, decision.is_blind) == (GROUP, CONFIRMED, False)


def test_a_duplicate_says_nothing_about_the_group(portal: Portal, db: Session) -> None:
    dealt_with(portal, Outcome.DUPLICATE)
    assert not db.scalars(select(Example)).all()


def test_who_dispatched_by_hand_has_said_it_already(portal: Portal, db: Session) -> None:
    with portal.database.write() as session:
        keep_example(session, "case A", "放学堵车", "main_roads")
        keep_confirmation(session, "case A", "unit", "放学堵车", GROUP)
    assert db.scalars(select(Example.group)).one() == "main_roads"
