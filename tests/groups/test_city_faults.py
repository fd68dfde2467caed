"""A broken profile is refused whole, and each fault is named by file, key and reason."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from portal.groups.check import Fault, ProfileFaults
from portal.groups.profile import check_city, list_cities, load_city

CITIES = Path(__file__).parents[2] / "content" / "cities"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the 常州 profile with the corpus's topics beside it, to be broken."""
    cities = tmp_path / "cities"
    shutil.copytree(CITIES / "changzhou", cities / "changzhou")
    (tmp_path / "corpus").mkdir()
    shutil.copy(CITIES.parent / "corpus" / "topics.toml", tmp_path / "corpus")
    return cities


def change(folder: Path, file: str, old: str, new: str) -> list[Fault]:
    path = folder / "changzhou" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_city(folder, "changzhou")


def test_the_copy_is_sound(folder: Path) -> None:
    assert check_city(folder, "changzhou") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("city.toml", 'name = "常州"\n', "", Fault("city.toml", "name", "is missing")),
        ("city.toml", 'name = "常州"\n', 'name = ""\n', Fault("city.toml", "name", "is empty")),
        (
            "city.toml",
            'key = "changzhou"',
            'key = "suzhou"',
            Fault("city.toml", "key", "must be changzhou, the name of the folder"),
        ),
        (
            "city.toml",
            'region_code = "320400"',
            'regoin_code = "320400"',
            Fault("city.toml", "regoin_code", "is not known here"),
        ),
        (
            "city.toml",
            "undo_minutes = 10",
            'undo_minutes = "ten"',
            Fault("city.toml", "deadlines.undo_minutes", "must be int, not str"),
        ),
        (
            "city.toml",
            "undo_minutes = 10",
            "undo_minutes = -1",
            Fault("city.toml", "deadlines.undo_minutes", "must not be negative"),
        ),
        (
            "city.toml",
            'cutoff = "17:30"',
            'cutoff = "25:99"',
            Fault("city.toml", "deadlines.cutoff", "must be a time such as 17:30"),
        ),
        (
            "city.toml",
            'ends_on = "08-31"',
            'ends_on = "13-41"',
            Fault("city.toml", "phases[2].ends_on", 'must be a date, or a month and day such as "09-01"'),
        ),
        (
            "city.toml",
            'ends_on = "08-31"',
            'ends_on = "03-01"',
            Fault("city.toml", "phases[2].ends_on", "lies before starts_on"),
        ),
        (
            "city.toml",
            "male = 0.51",
            "male = 0.61",
            Fault("city.toml", "census[sex].shares", "must sum to 1, not 1.100"),
        ),
        (
            "city.toml",
            'unit = "wujin_gov"',
            'unit = "nobody"',
            Fault("city.toml", "districts[wujin].unit", "nobody is none of the units"),
        ),
        (
            "city.toml",
            "lat = 31.811",
            "lat = 119.9",
            Fault("city.toml", "center", "lies outside China; lat comes before lng"),
        ),
        (
            "city.toml",
            'colour = "red"',
            'colour = "pink"',
            Fault("city.toml", "credit_kinds[a_grade_taxpayer].colour", "must be one of red, black, not pink"),
        ),
        (
            "city.toml",
            "outside_prior = 0.45",
            "outside_prior = 1.5",
            Fault("city.toml", "router.outside_prior", "must be a share between 0 and 1"),
        ),
        (
            "city.toml",
            'key = "tianning"',
            'key = "zhonglou"',
            Fault("city.toml", "districts", "zhonglou stands there 2 times"),
        ),
        (
            "groups.toml",
            'lead_unit = "housing"',
            'lead_unit = "nobody"',
            Fault("groups.toml", "groups[residential].units", "nobody is none of the city's units"),
        ),
        (
            "groups.toml",
            'lead_unit = "housing"\n',
            "",
            Fault("groups.toml", "groups[residential].lead_unit", "is missing; a group without one is a placeholder"),
        ),
        (
            "groups.toml",
            '"lifts", ',
            "",
            Fault("groups.toml", "outside", "lifts is forgotten: no group takes it and it is not outside"),
        ),
        (
            "groups.toml",
            '"lifts", ',
            '"lift", "lifts", ',
            Fault("groups.toml", "groups[residential].topics", "lift is no topic of the corpus"),
        ),
        (
            "groups.toml",
            '"hanging_cables"',
            '"lifts", "hanging_cables"',
            Fault("groups.toml", "groups.topics", "the weights of lifts sum to 2, above 1"),
        ),
        (
            "groups.toml",
            'short = "居民小区"',
            'short = "居民小区治理"',
            Fault("groups.toml", "groups[residential].short", "must have at most 5 characters, it stands on chips"),
        ),
        (
            "groups.toml",
            'key = "pets"',
            'key = "Pets!"',
            Fault("groups.toml", "groups[Pets!].key", "must be small Latin letters, digits and _"),
        ),
        (
            "groups.toml",
            'key = "pets"',
            'key = "markets"',
            Fault("groups.toml", "groups", "markets stands there 2 times"),
        ),
        (
            "units.toml",
            'kind = "office"',
            'kind = "palace"',
            Fault(
                "units.toml", "units[office].kind", "must be one of office, department, district, utility, not palace"
            ),
        ),
        (
            "sites.toml",
            'site_type = "compound"',
            'site_type = "castle"',
            Fault("sites.toml", "sites[sample_compound_2].site_type", "castle is not known in this city"),
        ),
    ],
)
def test_a_fault_is_named_by_file_key_and_reason(folder: Path, file: str, old: str, new: str, fault: Fault) -> None:
    assert fault in change(folder, file, old, new)


def test_every_fault_is_named_at_once(folder: Path) -> None:
    change(folder, "city.toml", 'name = "常州"\n', "")
    faults = change(folder, "groups.toml", 'lead_unit = "housing"', 'lead_unit = "nobody"')
    assert {fault.file for fault in faults} == {"city.toml", "groups.toml"}


@pytest.mark.parametrize(
    ("content", "reason"), [(b"key = ", "is not TOML"), (b'key = "\xb3\xa3"', "is not UTF-8"), (None, "is missing")]
)
def test_a_file_that_cannot_be_read_is_one_fault(folder: Path, content: bytes | None, reason: str) -> None:
    path = folder / "changzhou" / "units.toml"
    path.unlink() if content is None else path.write_bytes(content)
    faults = check_city(folder, "changzhou")
    assert [fault.file for fault in faults] == ["units.toml"]
    assert faults[0].reason.startswith(reason)


def test_loading_a_broken_profile_is_refused_with_its_faults(folder: Path) -> None:
    change(folder, "city.toml", 'name = "常州"\n', "")
    with pytest.raises(ProfileFaults, match="city.toml: name: is missing") as caught:
        load_city(folder, "changzhou")
    assert caught.value.faults == [Fault("city.toml", "name", "is missing")]


@pytest.mark.parametrize("key", ["atlantis", "../changzhou", "", "CHANGZHOU"])
def test_an_unknown_city_is_refused_and_the_known_ones_are_named(key: str) -> None:
    with pytest.raises(ProfileFaults, match="known are changzhou"):
        load_city(CITIES, key)


def test_a_new_city_is_a_new_folder(folder: Path) -> None:
    shutil.copytree(folder / "changzhou", folder / "newtown")
    path = folder / "newtown" / "city.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('key = "changzhou"', 'key = "newtown"'), encoding="utf-8")
    assert list_cities(folder) == ["changzhou", "newtown"]
    assert load_city(folder, "newtown").key == "newtown"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "surveys/satisfaction-2026.toml",
            'type = "grade5"',
            'type = "stars"',
            Fault(
                "surveys/satisfaction-2026.toml",
                "questions[overall].type",
                "must be one of yes_no, grade5, single, multiple, text, number, not stars",
            ),
        ),
        (
            "surveys/satisfaction-2026.toml",
            '"天宁区", "钟楼区"',
            '"钟楼区", "天宁区"',
            Fault(
                "surveys/satisfaction-2026.toml",
                "questions[district].options",
                "differ from the labels of the margin district",
            ),
        ),
        (
            "demo/cases.toml",
            'group = "main_roads"',
            'group = "roads"',
            Fault("demo/cases.toml", "cases[case-01].group", "roads is none of the city's groups"),
        ),
        (
            "demo/cases.toml",
            '"in_progress"]',
            '"in_progres"]',
            Fault("demo/cases.toml", "cases[case-01].path", "in_progres is no state of a case"),
        ),
        (
            "demo/credit.toml",
            'colour = "red"',
            'colour = "black"',
            Fault("demo/credit.toml", "credit[red-trade].colour", "must be red, the colour of honest_enterprise"),
        ),
        (
            "demo/news.toml",
            'column = "progress"',
            'column = "gossip"',
            Fault("demo/news.toml", "news[eleven-actions].column", "gossip is none of the city's news columns"),
        ),
        (
            "demo/people.toml",
            "batch_no = 3",
            "bacth_no = 3",
            Fault("demo/people.toml", "people[xu-heping].bacth_no", "is not known here"),
        ),
    ],
)
def test_surveys_and_demo_content_are_checked_against_the_city(
    folder: Path, file: str, old: str, new: str, fault: Fault
) -> None:
    assert fault in change(folder, file, old, new)


def test_values_of_every_wrong_type_are_faults_and_never_an_exception(folder: Path) -> None:
    # About a hundred keys, one check each: without demo and surveys it takes a second or two.
    shutil.rmtree(folder / "changzhou" / "demo")
    shutil.rmtree(folder / "changzhou" / "surveys")
    for file in ("city.toml", "groups.toml"):
        path = folder / "changzhou" / file
        text = path.read_text(encoding="utf-8")
        names = dict.fromkeys(line.split(" = ")[0] for line in text.splitlines() if " = " in line and line[0] != "#")
        for name in names:
            lines = [f"{name} = [[]]" if line.startswith(f"{name} = ") else line for line in text.splitlines()]
            path.write_text("\n".join(lines), encoding="utf-8")
            assert check_city(folder, "changzhou"), name
        path.write_text(text, encoding="utf-8")


def test_topics_are_checked_where_no_corpus_lies_beside_the_cities(folder: Path) -> None:
    shutil.rmtree(folder.parent / "corpus")
    fault = Fault("groups.toml", "outside", "lifts is forgotten: no group takes it and it is not outside")
    assert fault in change(folder, "groups.toml", '"lifts", ', "")


def test_overrides_of_the_calendar_need_a_source_and_reach_the_city(folder: Path) -> None:
    rows = '\n[[calendar]]\nday = 2027-01-09\nworks = true\nsource = "示例通知"\n'
    path = folder / "changzhou" / "city.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + rows, encoding="utf-8")
    assert load_city(folder, "changzhou").is_workday(date(2027, 1, 9))
    path.write_text(text + rows.replace('source = "示例通知"\n', ""), encoding="utf-8")
    assert check_city(folder, "changzhou") == [Fault("city.toml", "calendar[1].source", "is missing")]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ('dispached = "已交办"', Fault("city.toml", "state_words.dispached", "is not known here")),
        ('dispatched = ""', Fault("city.toml", "state_words.dispatched", "is empty")),
        ("dispatched = 3", Fault("city.toml", "state_words.dispatched", "must be str, not int")),
        (
            'dispatched = "已经交给责任单位去办理"',
            Fault("city.toml", "state_words.dispatched", "must have at most 10 characters, it stands on tags"),
        ),
        (
            'dispatched = "已交办"\naccepted = "已交办"',
            Fault("city.toml", "state_words", "已交办 is the name of 2 states"),
        ),
    ],
)
def test_a_wrong_name_of_a_state_is_a_fault(folder: Path, words: str, fault: Fault) -> None:
    assert fault in change(folder, "city.toml", "[deadlines]", f"[state_words]\n{words}\n\n[deadlines]")


def test_a_city_may_name_some_states_itself(folder: Path) -> None:
    words = '[state_words]\ndispatched = "已交办"\n\n[deadlines]'
    assert change(folder, "city.toml", "[deadlines]", words) == []
    assert load_city(folder, "changzhou").state_words == {"dispatched": "已交办"}
