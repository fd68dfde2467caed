"""What staff type to sign in, and what an administrator types about an account."""

from wtforms import BooleanField, Field, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import Form, optional_text
from portal.core.i18n import lazy
from portal.core.roles import Role


class LoginForm(Form):
    """Name, password and, where one is set, the code of the second factor."""

    username = StringField(lazy("账号"), [InputRequired(lazy("请填写账号。")), Length(max=60)])
    password = PasswordField(lazy("密码"), [InputRequired(lazy("请填写密码。")), Length(max=200)])
    code = StringField(lazy("动态验证码"), [Length(max=12)])


class StaffForm(Form):
    """An account's name, roles and limits; choices of groups and units come from the city."""

    username = StringField(
        lazy("账号"),
        [
            InputRequired(lazy("请填写账号。")),
            Regexp(r"^[a-z][a-z0-9_.-]{1,39}$", message=lazy("账号用 2–40 个小写字母、数字或 . _ -，以字母开头。")),
        ],
    )
    display_name = StringField(lazy("姓名"), [InputRequired(lazy("请填写姓名。")), Length(max=60)])
    roles = SelectMultipleField(
        lazy("角色"), [InputRequired(lazy("请至少选择一个角色。"))], option_widget=CheckboxInput(), widget=ListWidget()
    )
    groups = SelectMultipleField(lazy("所属专项组"), option_widget=CheckboxInput(), widget=ListWidget())
    unit = SelectField(lazy("所属单位"))
    password = PasswordField(lazy("初始密码"), [Length(max=200)])

    def validate_groups(self, field: Field) -> None:
        """The role `group` sees only its groups, so it needs one."""
        if Role.GROUP in (self.roles.data or []) and not field.data:
            raise ValidationError(lazy("专项组角色需要至少选择一个专项组。"))

    def validate_unit(self, field: Field) -> None:
        """The role `unit` sees only its unit's cases, so it needs one."""
        if Role.UNIT in (self.roles.data or []) and not field.data:
            raise ValidationError(lazy("责任单位角色需要选择单位。"))

    def to_limits(self) -> tuple[frozenset[Role], frozenset[str], str | None]:
        """Roles, groups and unit."""
        return frozenset(map(Role, self.roles.data or [])), frozenset(self.groups.data or []), optional_text(self.unit)


class PasswordForm(Form):
    """A new password, twice, after the old one."""

    old = PasswordField(lazy("现在的密码"), [InputRequired(lazy("请填写现在的密码。")), Length(max=200)])
    new = PasswordField(lazy("新密码"), [InputRequired(lazy("请填写新密码。")), Length(max=200)])
    again = PasswordField(lazy("再输一遍新密码"), [EqualTo("new", lazy("两次输入的新密码不一样。"))])


class FactorForm(Form):
    """A code that proves that the second factor was set up."""

    code = StringField(lazy("动态验证码"), [InputRequired(lazy("请填写手机上显示的 6 位数字。")), Length(max=12)])


class LetterForm(Form):
    """Where the morning letter goes, and whether it is wanted."""

    email = StringField(
        lazy("接收早报的邮箱"),
        [Optional(), Length(max=200), Email(message=lazy("邮箱的写法不对，例如 name@example.com。"))],
    )
    wants_digest = BooleanField(lazy("工作日早上有事等我处理时，发一封邮件"))
