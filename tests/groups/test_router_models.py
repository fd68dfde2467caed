"""Models come and go: through the gate, by a person, and back again exactly."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.commands.routing import router as router_command
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.settings import Settings
from portal.core.web import Portal
from portal.groups import queries, service, store, training
from portal.groups.ledger import keep_prediction
from portal.groups.models import ModelState
from portal.groups.router import Source
from tests.groups.router_cases import TEXTS, confirm, keep_passed, submit


def answers(portal: Portal) -> list[tuple[str, float, tuple[tuple[str, float], ...]]]:
    return [(said.group, said.probability, said.ranked) for said in map(portal.router.suggest, TEXTS)]


def test_a_promoted_model_answers_at_once_and_the_one_before_comes_back_exactly(
    portal: Portal, small_models: list[Path]
) -> None:
    first = answers(portal)
    name = keep_passed(portal, small_models[1])
    with portal.database.write() as db:
        service.promote(db, portal.router, "lu")
    second = answers(portal)
    assert portal.router.model().name == name
    assert second != first
    with portal.database.write() as db:
        service.rollback(db, portal.router, "lu")
    assert answers(portal) == first
    assert (portal.router.path).read_bytes() == small_models[0].read_bytes()


def test_the_table_says_which_model_is_live(portal: Portal, small_models: list[Path], db: Session) -> None:
    before = portal.router.model().name
    name = keep_passed(portal, small_models[1])
    with portal.database.write() as session:
        service.promote(session, portal.router, "lu")
    states = {version.name: version.state for version in queries.list_versions(db)}
    assert states == {name: ModelState.LIVE, before: ModelState.RETIRED}


def test_a_refused_challenger_stays_refused(portal: Portal, small_models: list[Path]) -> None:
    first = answers(portal)
    keep_passed(portal, small_models[1], promote=False)
    with pytest.raises(Conflict), portal.database.write() as db:
        service.promote(db, portal.router, "lu")
    assert answers(portal) == first


def test_a_challenger_whose_file_was_exchanged_does_not_go_live(portal: Portal, small_models: list[Path]) -> None:
    name = keep_passed(portal, small_models[1])
    store.copy_model(small_models[0], store.place(portal.router.path, name))
    with pytest.raises(Conflict, match="登记"), portal.database.write() as db:
        service.promote(db, portal.router, "lu")


def test_there_is_nothing_to_go_back_to_before_the_first_change(portal: Portal) -> None:
    with pytest.raises(Conflict), portal.database.write() as db:
        service.rollback(db, portal.router, "lu")


def test_a_damaged_live_file_lets_pages_work_and_cases_wait(portal: Portal, client: TestClient) -> None:
    portal.router.path.write_bytes(b"PK not a model")
    assert portal.router.suggest(TEXTS[0]) is None
    assert client.get("/").status_code == 200
    number = submit(portal, TEXTS[0])
    with portal.database.read() as db:
        assert queries.list_lines(db, now() - timedelta(days=1)) == []
    assert client.get(f"/cases/{number}").status_code in {200, 404}


def test_a_damaged_live_file_is_mended_by_going_back(portal: Portal, small_models: list[Path]) -> None:
    first = answers(portal)
    keep_passed(portal, small_models[1])
    with portal.database.write() as db:
        service.promote(db, portal.router, "lu")
    portal.router.path.write_bytes(b"PK not a model")
    assert portal.router.suggest(TEXTS[0]) is None
    with portal.database.write() as db:
        service.rollback(db, portal.router, "lu")
    assert portal.router.suggest(TEXTS[0]) is not None
    assert first


def test_replay_repeats_every_decision_also_of_a_model_that_retired(portal: Portal, small_models: list[Path]) -> None:
    for text in TEXTS[:3]:
        submit(portal, text)
    keep_passed(portal, small_models[1])
    with portal.database.write() as db:
        service.promote(db, portal.router, "lu")
    for text in TEXTS[3:]:
        submit(portal, text)
    with portal.database.read() as db:
        asked, mismatches = queries.replay(db, portal.router, store.stored_models(portal.router.path))
    assert (asked, mismatches) == (len(TEXTS), [])


def test_replay_names_a_prediction_the_model_did_not_make(portal: Portal) -> None:
    said = portal.router.suggest(TEXTS[0])
    portal.router.find_source = lambda _db, _subject: Source(TEXTS[1], TEXTS[1], "", False)
    with portal.database.write() as db:
        keep_prediction(db, "case X", TEXTS[1], said)
    with portal.database.read() as db:
        asked, mismatches = queries.replay(db, portal.router, store.stored_models(portal.router.path))
    assert asked == 1
    assert [one.subject for one in mismatches] == ["case X"]


def test_no_sender_day_or_cluster_has_more_than_its_share() -> None:
    def lesson(number: int, **values: object) -> training.Lesson:
        plain = {"day": f"d{number}", "origin": f"o{number}", "cluster": number, "example": number, **values}
        return training.Lesson(f"t{number}", "pets", "2026-01-01", **plain)  # type: ignore[arg-type]

    for mark in ("day", "origin", "cluster"):
        kept = training.cap([lesson(i, **{mark: 1 if mark == "cluster" else "x"}) for i in range(9)], 3)
        assert [one.text for one in kept] == ["t0", "t1", "t2"]
    assert len(training.cap([lesson(i, origin="") for i in range(9)], 3)) == 9


def test_the_terminal_promotes_and_goes_back(
    portal: Portal, settings: Settings, small_models: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data", "city_dir", "database_url", "base_url"):
        monkeypatch.setenv(f"PORTAL_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("PORTAL_SECRET_KEY", settings.secret_key[0])
    before = portal.router.model().name
    refused = CliRunner().invoke(router_command, ["promote"])
    assert refused.exit_code == 1
    name = keep_passed(portal, small_models[1])
    assert f"challenger  {name}" in CliRunner().invoke(router_command, ["status"]).output
    assert CliRunner().invoke(router_command, ["promote"]).output == f"{name} is live\n"
    assert CliRunner().invoke(router_command, ["rollback"]).output == f"{before} is live again\n"
    assert portal.router.model().name == before


def test_honest_decisions_pass_the_gate_go_live_and_can_be_taken_back_sign_for_sign(portal: Portal) -> None:
    """The whole way from decisions of staff to a new live model, and back."""
    first, before, file = answers(portal), portal.router.model().name, portal.router.path.read_bytes()
    confirm(portal)
    version = training.train_challenger(portal, "lu")
    assert version.card["corrections"] > 200
    assert version.verdict["promote"], version.verdict["reasons"]
    assert version.verdict["rows"] >= 40
    assert version.verdict["difference"] > 0
    assert portal.router.model().name == before, "nothing goes live by itself"
    with portal.database.write() as db:
        service.promote(db, portal.router, "lu")
    assert portal.router.model().name == version.name
    assert answers(portal) != first
    with portal.database.write() as db:
        service.rollback(db, portal.router, "lu")
    assert answers(portal) == first
    assert portal.router.path.read_bytes() == file


def test_ten_per_cent_of_one_group_mislabelled_are_refused_and_named(portal: Portal) -> None:
    confirm(portal, poisoned="pets", as_group="markets", most=20)
    version = training.train_challenger(portal, "lu")
    assert not version.verdict["promote"]
    assert version.verdict["doubtful"] >= 3
    assert "pets" in version.verdict["reasons"][0]
    assert "markets" in version.verdict["reasons"][0]
    with pytest.raises(Conflict), portal.database.write() as db:
        service.promote(db, portal.router, "lu")
