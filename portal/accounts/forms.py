"""What staff type to sign in."""

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.core.forms import Form
from portal.core.i18n import lazy


class LoginForm(Form):
    """Name, password and, where one is set, the code of the second factor."""

    username = StringField(lazy("账号"), [InputRequired(lazy("请填写账号。")), Length(max=60)])
    password = PasswordField(lazy("密码"), [InputRequired(lazy("请填写密码。")), Length(max=200)])
    code = StringField(lazy("动态验证码"), [Length(max=12)])
