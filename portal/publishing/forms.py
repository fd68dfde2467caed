"""The editor's form of a news item."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    IntegerField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.forms import Form, choices, optional_text, text
from portal.core.i18n import lazy
from portal.editorial import Attachment, markdown_faults
from portal.groups import City
from portal.publishing.models import NewsTopic
from portal.publishing.service import Draft
from portal.publishing.topics import TopicDraft

RESERVED = frozenset({"new", "feed", "topics"})
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
    topic = SelectField(lazy("专题"), [Optional()])
    files = MultipleFileField(lazy("添加附件"))
    attachments = SelectMultipleField(lazy("附件"), validate_choice=False)

    def set_choices(self, city: City, topics: Sequence[NewsTopic]) -> None:
        """Columns and groups of the city, and the topics that are open."""
        open_topics = [one for one in topics if not one.is_closed or one.key == self.topic.data]
        self.topic.choices = choices([(one.key, one.title) for one in open_topics], empty=str(lazy("不归入专题")))
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
        if text(field) in RESERVED:
            raise ValidationError(lazy("这个网址已被系统使用，请换一个。"))

    def to_draft(self, attachments: Sequence[Attachment]) -> Draft:
        """What the service takes. attachments: the papers that were kept."""
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
            topic=text(self.topic),
            attachments=" ".join(one.name for one in attachments),
            attachment_titles="\n".join(one.title for one in attachments),
        )


def values_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """A saved snapshot as values of the form."""
    return {
        **{key: snapshot.get(key, "") for key in ("title", "column", "body", "summary", "source", "writer", "editor")},
        "group": snapshot.get("group_key") or "",
        "pinned": bool(snapshot.get("is_pinned")),
        "topic": snapshot.get("topic", ""),
        "attachments": str(snapshot.get("attachments", "")).split(),
    }


class TopicForm(Form):
    """A topic's address, words and group."""

    title = StringField(lazy("专题名称"), [InputRequired(), Length(max=40)])
    key = StringField(lazy("网址"), [InputRequired(), Length(max=40)], description=lazy("小写字母、数字和短横线"))
    intro = TextAreaField(lazy("导语"), [InputRequired(), Length(max=300)])
    group = SelectField(lazy("相关专项组"), [Optional()], description=lazy("专题页会带上这个组的进度、办理和数字"))
    is_closed = BooleanField(lazy("已结束（不再归入新的动态，页面保留）"))

    def set_choices(self, city: City) -> None:
        """Groups of the city."""
        self.group.choices = choices([(group.key, group.name) for group in city.groups], empty=str(lazy("不指定")))

    def validate_key(self, field: StringField) -> None:
        """An address people can read out."""
        if not SLUG.fullmatch(text(field)):
            raise ValidationError(lazy("网址只能用小写字母、数字和短横线。"))

    def to_topic(self) -> TopicDraft:
        """What the service takes."""
        return TopicDraft(
            text(self.key), text(self.title), text(self.intro), optional_text(self.group), bool(self.is_closed.data)
        )
