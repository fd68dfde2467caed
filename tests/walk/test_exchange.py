"""Tables go out of the demo and come in again by the terminal, and docs/tables.md knows every column."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.board import sheets as board
from portal.cases import sheets as cases
from portal.cli import main
from portal.core.tables import read_sheet, write_csv
from portal.credit import sheets as credit
from portal.groups import UNIT_COLUMNS
from portal.people import sheets as people
from portal.surveys import sheets as surveys
from tests.conftest import ROOT
from tests.walk.conftest import settings_in

KINDS = ("credit", "people", "cases", "units", "sites", "survey")


@pytest.fixture
def run(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """run("export", "sites", file) on the demo, with a city folder of its own."""
    data = tmp_path / "data"
    shutil.copytree(furnished, data)
    shutil.copytree(ROOT / "content" / "cities", tmp_path / "content" / "cities")
    monkeypatch.setenv("PORTAL_DATA", str(data))
    monkeypatch.setenv("PORTAL_CITY_DIR", str(tmp_path / "content" / "cities"))
    monkeypatch.setenv("PORTAL_SECRET_KEY", settings_in(data).secret_key[0])
    return lambda *arguments: CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_kind_goes_out_with_rows(run: Callable[..., Result], tmp_path: Path, kind: str, ending: str) -> None:
    file = tmp_path / f"{kind}.{ending}"
    done = run("export", kind, file)
    assert done.exit_code == 0, done.output
    assert len(read_sheet(file.read_bytes()).rows) > 1


@pytest.mark.parametrize("kind", ["sites", "units"])
def test_what_went_out_can_be_taken_in_again(run: Callable[..., Result], tmp_path: Path, kind: str) -> None:
    file, again = tmp_path / f"{kind}.xlsx", tmp_path / f"{kind}-again.xlsx"
    assert run("export", kind, file).exit_code == 0
    done = run("import", kind, file, "--by", "editor" if kind == "sites" else "admin")
    assert done.exit_code == 0, done.output
    assert run("export", kind, again).exit_code == 0
    assert read_sheet(again.read_bytes()).rows == read_sheet(file.read_bytes()).rows


def test_people_and_paper_answers_come_in(run: Callable[..., Result], tmp_path: Path) -> None:
    titles = [column.title for column in people.COLUMNS if column.required]
    row = [
        "钱示例",
        "助人为乐",
        "常州好人",
        "2026年第三批",
        "天宁区",
        "示例社区志愿者",
        "十年清扫老巷",
        "他每天扫巷子。" * 60,
    ]
    table = tmp_path / "people.csv"
    table.write_bytes(write_csv(titles, [row]))
    assert "would be taken in" in run("import", "people", table, "--by", "editor", "--dry-run").output
    assert "1 row(s) taken in" in run("import", "people", table, "--by", "editor").output
    assert run("import", "people", table, "--by", "editor").exit_code == 1
    sheet = tmp_path / "paper.csv"
    sheet.write_bytes(write_csv(["问卷", "编号", "awareness"], [["satisfaction-2026", "1", "也许"]]))
    done = run("import", "survey", sheet)
    assert done.exit_code == 1
    assert "第 2 行 C 列" in done.stderr


@pytest.mark.parametrize(
    "columns",
    [credit.COLUMNS, people.COLUMNS, cases.COLUMNS, UNIT_COLUMNS, board.COLUMNS, (surveys.SURVEY, surveys.SHEET)],
)
def test_the_paper_about_tables_names_every_column(columns: tuple[object, ...]) -> None:
    told = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert [column.title for column in columns if f"`{column.title}`" not in told] == []  # type: ignore[attr-defined]
