"""The macros of ui.html as pages use them: fields that explain themselves, errors that lead to their field."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Length

from portal.core.forms import Form, choices
from portal.core.i18n import lazy, speaking
from portal.core.pages import environment

GRADES = [("5", "非常满意"), ("4", "满意"), ("3", "基本满意"), ("2", "不满意"), ("1", "非常不满意")]


class Sample(Form):
    text = TextAreaField(lazy("内容"), [InputRequired(lazy("请写几句情况。"))], description=lazy("请说清地点。"))
    place = StringField("地点", [Length(max=5)])
    grade = RadioField("满意吗", [InputRequired("请选一个。")], choices=choices(GRADES))
    many = SelectMultipleField(
        "参加过",
        choices=choices([("a", "志愿服务"), ("b", "邻里互助")]),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    publish = BooleanField("同意公开")
    token = HiddenField()


class Posted(dict[str, list[str]]):
    def getlist(self, key: str) -> list[str]:
        return self.get(key, [])


@pytest.fixture(autouse=True)
def _simplified():
    with speaking("zh-Hans"):
        yield


def show(source: str, **values: object) -> str:
    return environment().from_string(source).render(**values)


def refused() -> Sample:
    form = Sample(Posted(place=["很长很长的地方"]))
    assert not form.validate()
    return form


def test_a_field_names_its_hint_and_its_error():
    page = show("{{ ui.field(form.text, rows=6) }}", form=refused())
    assert '<label for="text">内容' in page
    assert 'aria-describedby="text-hint text-error"' in page
    assert 'aria-invalid="true"' in page
    assert 'rows="6"' in page
    assert "请说清地点。" in page
    assert "请写几句情况。" in page


def test_a_field_without_errors_is_quiet():
    page = show("{{ ui.field(form.place) }}", form=Sample())
    assert "aria-" not in page
    assert "error" not in page


def test_the_summary_leads_to_each_field():
    page = show("{{ ui.errors(form) }}", form=refused())
    assert 'role="alert"' in page
    for target in ("#text", "#place", "#grade-0"):
        assert f'href="{target}"' in page
    assert show("{{ ui.errors(form) }}", form=Sample()) == ""


def test_a_question_is_not_followed_by_a_colon():
    form = refused()
    form.text.label.text = "您支持吗？"
    page = show("{{ ui.errors(form) }}", form=form)
    assert "您支持吗？ 请写几句情况。" in page
    assert "您支持吗？：" not in page


def test_grades_are_five_radios_with_words():
    page = show("{{ ui.grade(form.grade) }}", form=Sample())
    assert page.count('type="radio"') == 5
    assert "<legend>满意吗" in page
    assert all(word in page for _, word in GRADES)


def test_a_box_of_several_is_never_required_one_by_one():
    page = show("{{ ui.field(form.many) }}", form=Sample())
    assert page.count('type="checkbox"') == 2
    assert "required" not in page


def test_a_field_of_fields_shows_each_with_its_label():
    class Several(Form):
        links = FieldList(StringField("链接"), label="相关链接", min_entries=2)

    page = show("{{ ui.field(form.links) }}", form=Several())
    assert "<legend>相关链接" in page
    assert page.count('type="text"') == 2


def test_a_hidden_field_has_no_label():
    assert "<label" not in show("{{ ui.field(form.token) }}", form=Sample())


def test_what_people_typed_cannot_become_markup():
    form = Sample(Posted(text=["</textarea><script>alert(1)</script>"]))
    page = show("{{ ui.field(form.text) }}{{ ui.tag(evil) }}{{ ui.crumbs([(evil, '')]) }}", form=form, evil="<b onx=1>")
    assert "<script" not in page
    assert "<b onx" not in page


def test_attributes_reach_the_button_with_dashes():
    page = show('{{ ui.button("派单", data_key="d", class_="wide", disabled=true, title=none) }}')
    assert 'data-key="d"' in page
    assert 'class="btn btn-primary wide"' in page
    assert " disabled>" in page
    assert "title" not in page


def test_a_confirmation_works_without_script():
    page = show('{{ ui.confirm_form("/x", "撤回", "确定吗？", {"reason": "1"}) }}')
    assert page.startswith("<details")
    assert '<form method="post" action="/x"' in page
    assert 'name="reason" value="1"' in page


def test_a_share_shows_its_interval_and_its_number():
    page = show("{{ ui.share(400, 0.82, 0.888, 0.862) }}")
    assert "86.2" in page
    assert "（95% 区间 82.0–88.8，n=400）" in page


def test_a_timeline_gives_times_to_machines_and_people():
    at = datetime(2026, 11, 3, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    items = [SimpleNamespace(at=at, title="已办结", text="<i>好</i>", by="", photos=[("/p/1", "/p/1/small", "")])]
    page = show("{{ ui.timeline(items) }}", items=items)
    assert 'datetime="2026-11-03T15:30:00+08:00"' in page
    assert "2026-11-03 15:30" in page
    assert "&lt;i&gt;" in page
    assert 'alt="现场照片 1"' in page


@pytest.mark.parametrize(("share", "width"), [(0.5, "50.0"), (-1, "0.0"), (7, "100.0")])
def test_a_bar_stays_in_its_bounds(share, width):
    assert f'class="bar-fill" width="{width}"' in show("{{ ui.bar(share) }}", share=share)


def test_red_and_black_are_said_in_words():
    assert "红榜" in show('{{ ui.colour_tag("red") }}')
    assert "黑榜" in show('{{ ui.colour_tag("black") }}')


def test_a_map_to_pick_from_needs_no_tiles():
    page = show("{{ ui.map(31.8, 119.9, pick=true) }}")
    assert "data-pick" in page
    assert "data-tiles" not in page
    assert "data-points='[]'" in show("{{ ui.map(31.8, 119.9) }}")


def test_labels_follow_the_language_of_the_reader():
    with speaking("zh-Hant"):
        assert "回執" in show('{{ ui.receipt("CZ-1", "7K2MQ-X9D4R") }}')


def test_a_field_for_a_file_that_keeps_no_photos_is_shown_too():
    class Table(Form):
        file = FileField("表格")

    assert 'type="file"' in show("{{ ui.field(form.file) }}", form=Table())
