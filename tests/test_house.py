"""What keeps the whole together: doors and roles, templates, settings, migrations."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from jinja2 import StrictUndefined

import portal.tables
from portal.app import DOORS
from portal.core import pages
from portal.core.db import Base, Database
from portal.core.settings import Settings
from portal.core.web import make_paths
from portal.migrations import _config, newest

ROOT = Path(__file__).resolve().parents[1]

# What the public may send. A new line here is a decision, not a formality.
PUBLIC_WRITES = {
    "/prefs",
    "/desk/login",
    "/desk/logout",
    "/cases",
    "/cases/check",
    "/cases/track",
    "/cases/{case_no}/consent",
    "/cases/{case_no}/erase",
    "/cases/{case_no}/rating",
    "/cases/{case_no}/withdraw",
    "/cases/{case_no}/edit",
    "/cases/{case_no}/fixed",
    "/cases/{case_no}/answer",
    "/cases/{case_no}/reopen",
    "/cases/{case_no}/support",
    "/surveys/{slug}",
    "/surveys/{slug}/phone",
    "/surveys/{slug}/code",
    "/people/nominate",
    "/people/{slug}/like",
    "/people/{slug}/objection",
    "/people/{slug}/remarks",
    "/people/{slug}/remarks/{remark_id}/withdraw",
    "/cases/forget",
    "/cases/link",
    "/cases/confirm/{token}",
    "/cases/{case_no}/confirm",
    "/messages/{token}",
    "/morning-letter/{token}",
    "/alerts",
    "/alerts/confirm/{token}",
    "/alerts/stop/{token}",
    "/cases/{case_no}/split",
    "/credit/{entry_no}/objection",
    "/review/{token}",
    "/open311/v2/requests.{format}",
}


def test_every_desk_door_but_the_entrance_has_a_role() -> None:
    open_doors = {door.path for door in DOORS if door.path.startswith("/desk") and not door.roles}
    assert open_doors == {"/desk/login", "/desk/logout"}


def test_public_doors_have_no_role_and_only_the_listed_ones_write() -> None:
    assert not [door.path for door in DOORS if door.roles and not door.path.startswith("/desk")]
    assert {door.path for door in DOORS if door.method == "POST" and not door.roles} == PUBLIC_WRITES


def test_no_two_doors_claim_one_path_or_one_name() -> None:
    assert len({(door.method, door.path) for door in DOORS}) == len(DOORS)
    assert make_paths(DOORS)


def test_every_template_compiles_and_a_missing_name_is_an_error() -> None:
    jinja = pages.environment()
    assert jinja.undefined is StrictUndefined
    names = jinja.list_templates(extensions=["html"])
    assert len(names) > 40
    for name in names:
        jinja.get_template(name)


def test_every_fragment_a_handler_names_is_a_block_of_its_page() -> None:
    jinja = pages.environment()
    found = 0
    for file in (ROOT / "portal").rglob("*.py"):
        for template, block in re.findall(r'"([a-z0-9_]+/[a-z0-9_]+\.html)"[^)]*?fragment="(\w+)"', file.read_text()):
            assert block in jinja.get_template(template).blocks, f"{file}: {template} has no block {block}"
            found += 1
    assert found


def test_no_template_has_inline_script_style_or_handler() -> None:
    for file in (ROOT / "portal").rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", file.read_text(), flags=re.DOTALL)
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text), file


def test_every_setting_stands_in_both_readmes() -> None:
    names = {f"PORTAL_{field.name.upper()}" for field in fields(Settings)}
    for readme in ("README.md", "README.zh-CN.md"):
        table = set(re.findall(r"^\| `(PORTAL_[A-Z_]+)` \|", (ROOT / readme).read_text(), re.MULTILINE))
        assert table == names, readme


def test_there_is_one_head_of_the_migrations() -> None:
    script = ScriptDirectory.from_config(_config())
    assert script.get_heads() == [newest()]
    assert all(not revision.is_branch_point for revision in script.walk_revisions())


def test_models_equal_migrations(database: Database) -> None:
    assert portal.tables.MODULES
    with database.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    assert differences == []


def test_the_portal_starts_without_scikit_learn(tmp_path: Path) -> None:
    import subprocess
    import sys

    heavy = ("sklearn", "scipy", "skops", "pandas", "alembic", "sqlalchemy.dialects.postgresql")
    code = f"import sys, portal.app, ml.predict; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readme_begins_with_the_two_commands(name: str) -> None:
    text = (ROOT / name).read_text()
    assert text.index("make run") < text.index("make test") < text.index("PORTAL_CITY")


def test_every_test_that_the_security_page_names_exists() -> None:
    written = "\n".join(file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text("utf-8")))
    assert len(named) > 30
    assert not {name for name in named if f"def {name}(" not in written}
