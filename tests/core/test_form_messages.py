"""What forms say of faults that WTForms finds by itself."""

from pathlib import Path

import pytest
import wtforms
from starlette.datastructures import FormData
from wtforms import validators

from portal.core.form_messages import PLAIN
from portal.core.forms import Form, choices
from portal.core.i18n import speaking


class Everything(Form):
    name = wtforms.StringField(validators=[validators.DataRequired()])
    size = wtforms.FloatField()
    count = wtforms.IntegerField(validators=[validators.NumberRange(1, 9)])
    day = wtforms.DateField()
    kind = wtforms.SelectField(choices=choices([("a", "甲")]))
    note = wtforms.StringField(validators=[validators.Length(max=3)])


TYPED = FormData({"name": "", "size": "x", "count": "99", "day": "2026年3月", "kind": "z", "note": "一二三四"})


def faults(language: str) -> dict[str, list[str]]:
    with speaking(language):
        form = Everything(TYPED)
        assert not form.validate()
        return form.error_map()


def test_a_fault_says_what_to_type() -> None:
    assert faults("zh-Hans") == {
        "name": ["这一项没有填写，请补上。"],
        "size": ["请填写数字，例如 12 或 12.5。"],
        "count": ["请填写 1 到 9 之间的数。"],
        "day": ["请按“年-月-日”填写日期，例如 2026-03-05。"],
        "kind": ["请从给出的选项中选一项。"],
        "note": ["最多 3 个字，请精简。"],
    }


def test_a_fault_is_told_in_the_readers_language() -> None:
    assert faults("zh-Hant")["name"] == ["這一項沒有填寫，請補上。"]
    assert faults("en")["count"] == ["Number must be between 1 and 9."]


@pytest.mark.parametrize("message", PLAIN)
def test_every_replaced_message_is_one_that_wtforms_says(message: str) -> None:
    sources = Path(wtforms.__file__).parent.rglob("*.py")
    assert any(f'"{message}"' in source.read_text() for source in sources)
