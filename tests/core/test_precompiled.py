"""Compiled templates are read again by the next start, and never when anything in them has changed."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import FileSystemLoader

from portal.core import precompiled
from portal.core.compiled import LeanEnvironment
from portal.core.precompiled import Precompiled


class Start:
    """One start of a portal that lies in this folder. compiled: how many templates it had to compile."""

    def __init__(self, folder: Path, language: str = "zh-Hans") -> None:
        self.compiled = 0
        loader, cache = FileSystemLoader(folder / "templates"), Precompiled(language, [folder / "static"])
        jinja = LeanEnvironment(loader=loader, bytecode_cache=cache, steady=("static",))
        jinja.globals["static"] = lambda name: (folder / "static" / name).read_text()
        generate = jinja._generate

        def count(*given: Any, **named: Any) -> str:
            self.compiled += 1
            return generate(*given, **named)

        jinja._generate = count  # type: ignore[method-assign]
        self.page = jinja.get_template("page.html").render()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal with one template and one static file, which keeps compiled code under a folder of its own."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr(precompiled, "cache_from_source", lambda _file: str(tmp_path / "kept" / "one.pyc"))
    (tmp_path / "templates").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "templates" / "page.html").write_text("1 {{ static('site.css') }}")
    (tmp_path / "static" / "site.css").write_text("red")
    return tmp_path


def test_the_next_start_compiles_nothing(folder: Path) -> None:
    starts = [Start(folder), Start(folder)]
    assert [one.compiled for one in starts] == [1, 0]
    assert [one.page for one in starts] == ["1 red", "1 red"]


def test_another_template_or_another_file_around_it_is_compiled_anew(folder: Path) -> None:
    Start(folder)
    (folder / "static" / "site.css").write_text("tan")
    assert Start(folder).page == "1 tan"
    (folder / "templates" / "page.html").write_text("2 {{ static('site.css') }}")
    assert Start(folder).page == "2 tan"
    assert len(list((folder / "kept").rglob("*.cache"))) == 1


def test_another_jinja_compiles_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Start(folder)
    monkeypatch.setattr(precompiled, "COMPILER", folder / "templates")
    assert Start(folder).compiled == 1


def test_each_language_has_its_own(folder: Path) -> None:
    assert [Start(folder, language).compiled for language in ("zh-Hans", "en", "en")] == [1, 1, 0]


def test_nothing_is_written_where_python_must_not_write_either(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert [Start(folder).compiled for _turn in range(2)] == [1, 1]
    assert not (folder / "kept").exists()


def test_a_folder_that_cannot_be_written_is_no_fault(folder: Path) -> None:
    (folder / "kept").write_text("in the way")
    assert Start(folder).page == "1 red"
