"""The units of a city as a table: out, changed, and in again."""

import shutil
from pathlib import Path

import pytest

from portal.core.errors import Conflict
from portal.core.tables import write_csv
from portal.groups import City, load_city
from portal.groups.units_table import COLUMNS, import_units, list_units
from tests.conftest import ROOT

HEADER = [column.title for column in COLUMNS]
NEW = ["water_bureau", "示例市水务局", "市水务局", "部门", "0519-00000001", "", "天宁区", "是"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "content" / "cities" / "changzhou", tmp_path / "cities" / "changzhou")
    return tmp_path / "cities"


@pytest.fixture
def city(directory: Path) -> City:
    return load_city(directory, "changzhou")


def test_what_was_given_out_comes_back_the_same(directory: Path, city: City) -> None:
    before = (directory / "changzhou" / "units.toml").read_text(encoding="utf-8")
    done = import_units(directory, city, write_csv(HEADER, list_units(city)))
    assert (done.count, done.faults) == (len(city.units), ())
    assert load_city(directory, "changzhou").units == city.units
    assert (directory / "changzhou" / "units.toml").read_text(encoding="utf-8").splitlines()[0] == before.splitlines()[
        0
    ]


def test_a_new_unit_is_added_and_a_known_one_found_by_its_name(directory: Path, city: City) -> None:
    first = city.units[0]
    rows = [NEW, ["", first.name, "新简称", "办公室", "", '示例 "引号" 负责人', "", "否"]]
    assert import_units(directory, city, write_csv(HEADER, rows)).count == 2
    units = {unit.key: unit for unit in load_city(directory, "changzhou").units}
    assert len(units) == len(city.units) + 1
    assert units["water_bureau"].district == "tianning"
    assert units[first.key].short == "新简称"
    assert units[first.key].leader == '示例 "引号" 负责人'


def test_faults_are_named_and_the_profile_stays_as_it_was(directory: Path, city: City) -> None:
    rows = [["Water!", *NEW[1:]], [*NEW[:2], "这个简称实在太长了一点点呀", "机关", "", "", "月球区", "也许"]]
    done = import_units(directory, city, write_csv(HEADER, rows))
    assert [(fault.row, fault.column) for fault in done.faults] == [(2, "A"), (3, "C"), (3, "D"), (3, "G"), (3, "H")]
    assert load_city(directory, "changzhou").units == city.units


def test_a_dry_run_and_an_unsound_profile_write_nothing(directory: Path, city: City) -> None:
    assert import_units(directory, city, write_csv(HEADER, [NEW]), is_dry_run=True).count == 1
    assert load_city(directory, "changzhou").units == city.units
    (directory / "changzhou" / "groups.toml").write_text("[[groups]]\n", encoding="utf-8")
    with pytest.raises(Conflict):
        import_units(directory, city, write_csv(HEADER, [NEW]))
