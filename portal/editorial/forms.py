"""Forms of the common steps at the desk."""

from datetime import datetime, time

from wtforms import BooleanField, DateField, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.clock import CITY_ZONE
from portal.core.forms import Form
from portal.core.i18n import lazy

DAY_STARTS = time(8, 30)


class SubmitForm(Form):
    """Ask for review."""

    confidential = BooleanField(lazy("已确认不含涉密和不宜公开的内容"))


class ReadForm(Form):
    """Decide about a text; version is the one that was read."""

    version = IntegerField(lazy("版本"), [InputRequired(), NumberRange(1, 100_000)])


class ReviewForm(ReadForm):
    """Agree, or send back with a reason."""

    note = TextAreaField(lazy("审核意见"), [Length(max=1000)])
    legal = BooleanField(lazy("已做法制审核"))


class ScheduleForm(Form):
    """When to publish and when to end; an empty day publishes at once."""

    on = DateField(lazy("发布日期"), [Optional()])
    at = TimeField(lazy("发布时间"), [Optional()])
    until = DateField(lazy("到期日期（含当天）"), [Optional()])

    def publish_at(self) -> datetime | None:
        """The moment to publish; None for at once."""
        if self.on.data is None:
            return None
        return datetime.combine(self.on.data, self.at.data or DAY_STARTS, CITY_ZONE)


class UrgentForm(Form):
    """Ask to publish before the reviews."""

    reason = TextAreaField(lazy("紧急发布的理由"), [InputRequired(), Length(max=500)])
    confidential = BooleanField(lazy("已确认不含涉密和不宜公开的内容"))


class WithdrawForm(Form):
    """Take a public piece down."""

    reason = TextAreaField(lazy("撤下的理由（读者会看到）"), [InputRequired(), Length(max=500)])
    note = TextAreaField(lazy("内部说明"), [Length(max=2000)])


class CommentForm(Form):
    """A remark beside the text."""

    quote = StringField(lazy("针对的原文"), [Length(max=200)])
    text = TextAreaField(lazy("意见"), [InputRequired(), Length(max=2000)])


class OverruleForm(Form):
    """Let a finding stand."""

    finding = StringField(lazy("检查意见"), [InputRequired(), Length(max=40)])
    reason = StringField(lazy("保留的理由"), [InputRequired(), Length(max=500)])


class LinkForm(Form):
    """Ask somebody without an account for the next review."""

    name = StringField(lazy("审核人姓名"), [InputRequired(), Length(max=60)])
    email = StringField(lazy("审核人邮箱"), [InputRequired(), Length(max=180)])
