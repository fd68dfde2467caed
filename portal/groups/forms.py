"""Forms of the router's desk."""

from dataclasses import dataclass
from typing import Any

from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from portal.core.forms import Form, choices
from portal.core.i18n import lazy
from portal.groups.city import City


@dataclass(frozen=True)
class Judgement:
    """What a second person says about a text, without having seen the suggestion. group: a key, or "other"."""

    prediction: int
    group: str


class GroupForm(Form):
    """A group of the city, or none of them."""

    group = RadioField(lazy("您认为应由哪个组办理"), [InputRequired(lazy("请选择一个组。"))])

    def __init__(self, city: City, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        pairs = [(group.key, group.name) for group in city.groups]
        self.group.choices = choices([*pairs, ("other", str(lazy("不属于任何专项组")))])


class LabelForm(GroupForm):
    """Which group a doubted label should name."""

    example = IntegerField(lazy("更正"), [InputRequired(lazy("请从复核页面提交。"))], widget=HiddenInput())

    def to_label(self) -> tuple[int, str]:
        """The example's number, and the group that was chosen."""
        return int(self.example.data or 0), str(self.group.data)


class JudgementForm(GroupForm):
    """Which group should take this text."""

    prediction = IntegerField(lazy("样本"), [InputRequired(lazy("请从复核页面提交。"))], widget=HiddenInput())

    def to_judgement(self) -> Judgement:
        """What was chosen."""
        return Judgement(int(self.prediction.data or 0), str(self.group.data))
