"""What staff type when they work together on a case: notes, who handles it, how pressing it is, parts, checks."""

from collections.abc import Sequence

from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts import Staff
from portal.cases.desk_forms import LONG, NEEDED, SHORT, DeskForm
from portal.cases.models import Case
from portal.cases.parts import Part
from portal.cases.teamwork import PRIORITY_MEANINGS, PRIORITY_WORDS, Priority, list_checks
from portal.cases.triage import Assignment
from portal.core.forms import choices, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City


class StaffForm(DeskForm):
    """A form that offers or names colleagues; who they are stands in the database, so the handler says it."""

    def offer(self, officers: Sequence[Staff], colleagues: Sequence[Staff]) -> None:
        """officers: who can handle the case.  colleagues: who may see it."""


class NoteForm(StaffForm):
    """A note for colleagues."""

    text = TextAreaField(lazy("内容"), [NEEDED, LONG])

    def offer(self, officers: Sequence[Staff], colleagues: Sequence[Staff]) -> None:
        """Say who can be named."""
        names = "、".join(one.name for one in colleagues[:12])
        self.text.description = _("写 @姓名，对方会在工作台首页看到。可以提到：%(names)s") % {"names": names}


class AssignForm(StaffForm):
    """Who handles the case."""

    officer = SelectField(lazy("经办人"), [NEEDED])

    def offer(self, officers: Sequence[Staff], colleagues: Sequence[Staff]) -> None:
        """The people of the unit and the group."""
        self.officer.choices = choices([(one.username, one.name) for one in officers], empty=_("请选择"))

    def prepare(self, city: City, case: Case) -> None:
        """Nobody can be chosen before somebody is offered."""
        self.officer.choices = []


class PriorityForm(DeskForm):
    """How pressing a case is."""

    priority = RadioField(
        lazy("缓急"),
        [NEEDED],
        choices=choices([(one.value, f"{PRIORITY_WORDS[one]}：{PRIORITY_MEANINGS[one]}") for one in Priority]),
    )
    reason = StringField(lazy("理由"), [NEEDED, SHORT])

    def prepare(self, city: City, case: Case) -> None:
        """Say what is pressing in this group, and how it stands now."""
        self.priority.choices = choices(
            [(one.value, f"{PRIORITY_WORDS[one]}：{PRIORITY_MEANINGS[one]}") for one in Priority]
        )
        group = city.find_group(case.group or case.suggested_group)
        if group and group.pressing:
            self.priority.description = _("这一组先办：%(what)s") % {"what": group.pressing}
        if not self.priority.data:
            self.priority.data = case.priority


class ChecksForm(DeskForm):
    """Which lines of the group's checklist were looked at."""

    done = SelectMultipleField(
        lazy("已经核对"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )  # fmt: skip

    def prepare(self, city: City, case: Case) -> None:
        """The group's lines, ticked as they were left."""
        lines = list_checks(case, city)
        self.done.choices = choices([(line.key, line.text) for line in lines])
        if self.done.raw_data is None:
            self.done.data = [line.key for line in lines if line.is_done]


class SplitForm(DeskForm):
    """A part that goes to a unit of its own."""

    text = TextAreaField(lazy("拆出的是哪一件事（从原文摘录，反映人可见）"), [NEEDED, Length(max=3000)])
    place = StringField(lazy("地点"), [SHORT])
    group = SelectField(lazy("专项组"), [NEEDED])
    unit = SelectField(lazy("承办单位"), [NEEDED])
    note = StringField(lazy("给承办单位的话（可不填）"), [SHORT])
    photos = SelectMultipleField(
        lazy("与这件事有关的照片"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def prepare(self, city: City, case: Case) -> None:
        """Groups, units, and the photos that came with the report."""
        self.group.choices = choices([(one.key, one.name) for one in (*city.groups, city.coordination)])
        self.unit.choices = choices([(one.key, one.name) for one in city.units], empty=_("请选择"))
        found = [photo for photo in case.photos if photo.kind != "proof"]
        self.photos.choices = choices(
            [(photo.name, _("照片 %(number)s") % {"number": number}) for number, photo in enumerate(found, 1)]
        )
        if not found:
            del self.photos
        if self.place.raw_data is None:
            self.place.data = case.place

    def to_part(self) -> Part:
        """What the service takes."""
        to = Assignment(text(self.group), text(self.unit), text(self.note))
        return Part(text(self.text), text(self.place), to)

    def photo_names(self) -> list[str]:
        """The chosen photos."""
        return list(self.photos.data or []) if "photos" in self else []


class FollowUpForm(DeskForm):
    """What the outside body said."""

    text = TextAreaField(lazy("了解到的进展（反映人可见）"), [InputRequired(lazy("请填写。")), LONG])
    again_on = DateField(lazy("下次回访日期（办完了就留空）"), [Optional()])
