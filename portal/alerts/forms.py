"""What somebody types who wants to be told."""

from wtforms.fields import SelectField, StringField
from wtforms.validators import Email, InputRequired, Length

from portal.core.forms import Form, choices
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City


class AlertForm(Form):
    """An address, and what it wants to hear of."""

    email = StringField(
        lazy("邮箱"),
        [
            InputRequired(lazy("请填写邮箱。")),
            Length(max=200),
            Email(message=lazy("邮箱的写法不对，例如 name@example.com。")),
        ],
    )
    group = SelectField(lazy("专项组"))
    district = SelectField(lazy("所在区"))

    def set_city(self, city: City) -> "AlertForm":
        """The form with the city's groups and districts."""
        self.group.choices = choices(((one.key, one.name) for one in city.groups), empty=_("全部专项组"))
        self.district.choices = choices(((one.key, one.name) for one in city.districts), empty=_("全市"))
        return self
