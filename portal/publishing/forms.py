"""The editor's form of a news item."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, FileField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.forms import Form, choices, optional_text, text
from portal.core.i18n import lazy
from portal.editorial import markdown_faults
from portal.groups import City
from portal.publishing.service import Draft

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class NewsForm(Form):
    """Title, column, text and who is behind it. version: the saved text the editor began with; 0 for a new item."""

    title = StringField(lazy("标题"), [InputRequired(), Length(max=60)])
    column = SelectField(lazy("栏目"), [InputRequired()])
    body = TextAreaField(lazy("正文"), [InputRequired()])
    summary = TextAreaField(lazy("摘要"), [Length(max=120)], description=lazy("不填则取正文开头"))
    source = StringField(lazy("来源"), [InputRequired(), Length(max=60)])
    writer = StringField(lazy("作者"), [Length(max=60)])
    editor = StringField(lazy("责任编辑"), [Length(max=60)])
    group = SelectField(lazy("相关专项组"), [Optional()])
    slug = StringField(
        lazy("网址"), [Length(max=80)], description=lazy("小写字母、数字和短横线；不填则自动生成，保存后不能改")
    )
    pinned = BooleanField(lazy("在列表里置顶"))
    note = StringField(lazy("改动说明"), [Length(max=300)])
    version = IntegerField(lazy("版本"), [Optional(), NumberRange(0, 100_000)], default=0)
    picture = FileField(lazy("插入图片"))
    picture_alt = StringField(lazy("图片的文字说明"), [Length(max=200)])

    def set_choices(self, city: City) -> None:
        """Columns and groups of the city."""
        self.column.choices = choices([(column.key, column.name) for column in city.news_columns])
        self.group.choices = choices([(group.key, group.name) for group in city.groups], empty=str(lazy("不指定")))

    def validate_body(self, field: TextAreaField) -> None:
        """What cannot be rendered, and pictures without alternative text, are named at the field."""
        faults = markdown_faults(text(field))
        if faults:
            raise ValidationError(" ".join(faults))

    def validate_slug(self, field: StringField) -> None:
        """An address people can read out."""
        if text(field) and not SLUG.fullmatch(text(field)):
            raise ValidationError(lazy("网址只能用小写字母、数字和短横线。"))
        if text(field) in {"new", "feed"}:
            raise ValidationError(lazy("这个网址已被系统使用，请换一个。"))

    def to_draft(self) -> Draft:
        """What the service takes."""
        return Draft(
            title=text(self.title),
            column=text(self.column),
            body=text(self.body),
            summary=text(self.summary),
            source=text(self.source),
            writer=text(self.writer),
            editor=text(self.editor),
            group_key=optional_text(self.group),
            is_pinned=bool(self.pinned.data),
        )


def values_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """A saved snapshot as values of the form."""
    return {
        **{key: snapshot.get(key, "") for key in ("title", "column", "body", "summary", "source", "writer", "editor")},
        "group": snapshot.get("group_key") or "",
        "pinned": bool(snapshot.get("is_pinned")),
    }
