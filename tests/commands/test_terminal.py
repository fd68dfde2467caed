"""The terminal: what each command does, and one clear line for what it refuses."""

import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ml.train import train
from portal.cli import main
from portal.core.db import Database
from portal.groups import load_city
from tests.cases.factories import make_case

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Kite-over-the-canal-7"


@pytest.fixture
def run(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """run("staff", "list") on a migrated database of its own."""
    (tmp_path / "portal.db").write_bytes(prepared.read_bytes())
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    monkeypatch.setenv("PORTAL_CITY_DIR", str(ROOT / "content" / "cities"))

    def command(*arguments: str, given: str | bytes = "") -> Result:
        return CliRunner().invoke(main, arguments, input=given)

    return command


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "router.skops"
    train(ROOT / "content" / "corpus", path)
    return path


def test_an_account_is_opened_listed_closed(run) -> None:  # type: ignore[no-untyped-def]
    unit = load_city(ROOT / "content" / "cities", "changzhou").units[0].key
    limits = ("--role", "unit", "--unit", unit)
    assert run("staff", "add", "lu", *limits, "--password-stdin", given=PASSWORD + "\n").exit_code == 0
    assert f"lu\tunit\t{unit}" in run("staff", "list").output
    assert run("staff", "disable", "lu").exit_code == 0
    assert "disabled" in run("staff", "list").output


@pytest.mark.parametrize(
    ("arguments", "given", "code", "said"),
    [
        (["staff", "add", "lu", "--role", "editor", "--password-stdin"], "short", 1, "12"),
        (["staff", "add", "lu", "--role", "unit", "--password-stdin"], PASSWORD, 1, "--unit"),
        (["staff", "add", "lu", "--role", "king", "--password-stdin"], PASSWORD, 2, "king"),
        (["staff", "disable", "nobody"], "", 1, "账号"),
        (["route", "--city", "atlantis"], "", 1, "atlantis"),
        (["route"], '{"id": "1", "text": "路灯不亮"}', 1, "train"),
        (["import", "units", __file__], "", 1, "--by"),
        (["export", "cases", "cases.doc"], "", 1, ".csv"),
        (["restore", __file__], "", 1, "--force"),
    ],
)
def test_what_is_refused_is_refused_in_one_line(run, arguments, given, code, said) -> None:  # type: ignore[no-untyped-def]
    done = run(*arguments, given=given)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert len(done.stderr.strip().splitlines()) == 1


def test_texts_are_routed_as_json_lines_and_a_broken_line_is_told(run, model: Path) -> None:  # type: ignore[no-untyped-def]
    lines = [
        json.dumps({"id": "7", "text": "校门口放学堵得走不动"}, ensure_ascii=False),
        json.dumps({"id": "8", "text": ""}),
        json.dumps({"id": "9", "text": "路" * 1_000_000}, ensure_ascii=False),
        json.dumps({"id": "10", "text": "校門口放學堵得走不動😀"}),
        "not json",
        '{"id": "11", "text": "\\ud800 路燈"}',
    ]
    done = run("route", "--model", str(model), given="\n".join(lines).encode("utf-8", "surrogatepass"))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [answer["id"] for answer in answers] == ["7", "8", "9", "10", None, "11"]
    first = answers[0]
    assert first["group"] == answers[3]["group"] == "school_surroundings"
    assert set(first) == {"id", "group", "probability", "auto", "outside", "ranked", "words", "topic", "model"}
    for answer in answers:
        if "error" not in answer:
            assert len(answer["ranked"]) == 11
            assert sum(one["probability"] for one in answer["ranked"]) + answer["outside"] == pytest.approx(1, abs=1e-9)


def test_a_damaged_or_foreign_model_is_refused_in_one_line(run, model: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    damaged = tmp_path / "damaged.skops"
    damaged.write_bytes(model.read_bytes()[:-500])
    foreign = tmp_path / "foreign.skops"
    foreign.write_bytes(b"PK\x03\x04 not a model")
    for path in (damaged, foreign):
        done = run("route", "--model", str(path), given='{"id": "1", "text": "路灯不亮"}')
        assert done.exit_code == 1
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_backup_comes_back_whole_on_an_empty_machine(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    import os

    from portal.app import make_portal
    from portal.core.settings import read_settings

    portal = make_portal(read_settings(os.environ))
    key = "2026/11/" + "ab" * 16 + ".jpg"
    portal.photos.put(key, b"a photo")
    portal.database.dispose()
    assert run("staff", "add", "yan", "--role", "auditor", "--password-stdin", given=PASSWORD).exit_code == 0
    copy = tmp_path / "backup.tar.gz"
    done = run("backup", str(copy))
    assert done.exit_code == 0
    assert "1 media files" in done.output
    empty = tmp_path / "empty"
    monkeypatch.setenv("PORTAL_DATA", str(empty))
    assert run("restore", str(copy)).exit_code == 0
    assert "yan\tauditor" in run("staff", "list").output
    assert make_portal(read_settings(os.environ)).photos.get(key) == b"a photo"
    assert run("restore", str(copy)).exit_code == 1
    assert run("restore", str(copy), "--force").exit_code == 0


def test_a_foreign_archive_cannot_choose_where_it_is_written(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "portal.db").unlink()
    card = tmp_path / "backup.json"
    card.write_text('{"database": "../../taken.db", "revision": "x", "at": "x", "media": 0}')
    with tarfile.open(tmp_path / "foreign.tar.gz", "w:gz") as archive:
        archive.add(card, "backup.json")
        archive.add(card, "../../taken.db")
    done = run("restore", str(tmp_path / "foreign.tar.gz"))
    assert done.exit_code == 1
    assert "no whole backup" in done.stderr
    assert not list(tmp_path.parent.rglob("taken.db"))


def test_the_doctor_finds_an_altered_history(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("staff", "add", "yan", "--role", "auditor", "--password-stdin", given=PASSWORD).exit_code == 0
    assert run("doctor", "--history").exit_code == 0
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_no_update")
        connection.exec_driver_sql("UPDATE audit_event SET actor = 'nobody'")
        connection.commit()
    database.dispose()
    done = run("doctor", "--history")
    assert done.exit_code == 1
    assert "audit log" in done.stderr


@pytest.mark.parametrize(
    "act", ["UPDATE case_event SET public_text = 'x'", "DELETE FROM case_event"], ids=["altered", "missing"]
)
@pytest.mark.parametrize("step", ["submit", "queue"])
def test_the_doctor_names_the_case_whose_history_was_touched(run, tmp_path: Path, act: str, step: str) -> None:  # type: ignore[no-untyped-def]
    import os

    from portal.app import make_portal
    from portal.core.settings import read_settings

    portal = make_portal(read_settings(os.environ))
    number, other = make_case(portal), make_case(portal)
    portal.database.dispose()
    assert run("doctor", "--history").exit_code == 0
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    with database.engine.connect() as connection:
        for trigger in ("case_event_no_update", "case_event_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        which = f" WHERE action = '{step}' AND case_id = (SELECT id FROM case_file WHERE case_no = '{number}')"
        assert connection.exec_driver_sql(act + which).rowcount == 1
        connection.commit()
    database.dispose()
    done = run("doctor", "--history")
    assert done.exit_code == 1
    assert number in done.stderr
    assert other not in done.stderr


def test_profiles_are_checked_and_a_fault_is_named(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("city", "check").exit_code == 0
    assert run("city", "list").output.split() == ["changzhou", "huaibei", "jiayuguan", "shiyan", "xuzhou"]
    broken = tmp_path / "newtown"
    broken.mkdir()
    (broken / "city.toml").write_text("key = 'newtown'\n")
    done = run("city", "check", str(broken))
    assert done.exit_code == 1
    assert "groups.toml" in done.stderr
