"""Fields that a questionnaire is made of: none need be chosen, and each says in our words what is wrong."""

from typing import Any

from wtforms import FloatField, RadioField, SelectField, SelectMultipleField
from wtforms import widgets as w
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from portal.core.i18n import gettext as _


class PickField(RadioField):
    """Radio buttons of which none need be chosen."""

    def pre_validate(self, form: BaseForm) -> None:
        if not self.raw_data or self.raw_data == [""]:
            self.data = None
            return
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("请从列出的选项里选。")) from None


class TickField(SelectMultipleField):
    """Boxes to tick."""

    widget = w.ListWidget(prefix_label=False)
    option_widget = w.CheckboxInput()

    def pre_validate(self, form: BaseForm) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("请从列出的选项里选。")) from None


class RankField(SelectField):
    """The place of one option."""

    def pre_validate(self, form: BaseForm) -> None:
        if self.data in (None, "", "None"):
            self.data = None
            return
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("请选择名次。")) from None


class FigureField(FloatField):
    """A number, with a message in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            self.data = None
            return
        try:
            self.data = float(typed)
        except ValueError:
            self.data = None
            raise ValueError(_("请填写数字，例如 3 或 3.5。")) from None
