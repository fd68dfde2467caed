"""What every form shares: cleaning at the border, fields for photos, and messages in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import wtforms
from wtforms.fields import Field, MultipleFileField
from wtforms.form import BaseForm

from portal.core.chinese import clean
from portal.core.errors import BadInput, NotFound
from portal.core.form_messages import Messages
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.photos import BYTES_LIMIT, Photo, PhotoRefused, check_and_shrink


class _Posted(Protocol):
    def getlist(self, key: str) -> list[Any]: ...
    def __contains__(self, key: object) -> bool: ...
    def __iter__(self) -> Any: ...


class _Cleaned:
    """Posted data with every text cleaned, in the shape WTForms reads."""

    def __init__(self, posted: _Posted) -> None:
        self._posted = posted

    def getlist(self, key: str) -> list[Any]:
        return [clean(value) if isinstance(value, str) else value for value in self._posted.getlist(key)]

    def __contains__(self, key: object) -> bool:
        return key in self._posted

    def __iter__(self) -> Any:
        return iter(self._posted)

    def __len__(self) -> int:
        return sum(1 for _ in self._posted)


class Form(wtforms.Form):
    """The base of all forms: texts are cleaned once, here; messages speak the reader's language."""

    class Meta:
        """WTForms' settings."""

        def get_translations(self, form: wtforms.Form) -> Any:
            return Messages()

    def __init__(self, posted: _Posted | None = None, obj: object | None = None, **values: Any) -> None:
        super().__init__(_Cleaned(posted) if posted is not None else None, obj, **values)

    def error_map(self) -> dict[str, list[str]]:
        """Every error by field, for machines."""
        return {name: [str(error) for error in found] for name, found in self.errors.items() if name}

    def add_error(self, name: str, message: str) -> None:
        """Add an error found after validation (by a service) to its field."""
        field: Field = self[name]
        field.errors = [*field.errors, message]


def demand(form: Form) -> None:
    """Raise BadInput with the first fault: for steps of a single field or two, which have no page of their own."""
    if not form.validate():
        name, errors = next(iter(form.error_map().items()))
        label = form[name].label.text
        raise BadInput(f"{label}{_('：')}{errors[0]}", _("请返回上一页补充后再提交。"))


def row_number(typed: str, missing: str) -> int:
    """The number of a row, from a path; raise NotFound with what is missing for anything that cannot be one."""
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise NotFound(missing)
    return int(typed)


def text(field: Field) -> str:
    """What was typed, trimmed; empty when nothing was."""
    return str(field.data or "").strip()


def optional_text(field: Field) -> str | None:
    """What was typed, trimmed; None when nothing was."""
    return text(field) or None


def choices(pairs: Iterable[tuple[str, str]] | Mapping[str, str], empty: str = "") -> list[Any]:
    """Choices for a select or radios; empty: the label of a first, empty choice."""
    items = list(pairs.items() if isinstance(pairs, Mapping) else pairs)
    choice = wtforms.SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind
    first = [choice("", empty)] if empty else []
    return first + [choice(value, label) for value, label in items]


class Upload(Protocol):
    """What Starlette hands over for a file."""

    filename: str | None
    file: BinaryIO


def uploads(values: Iterable[Any]) -> list[Upload]:
    """The files among posted values; a file input left empty is none."""
    return [value for value in values or [] if getattr(value, "filename", "")]


@dataclass(frozen=True)
class ChosenPhoto:
    """A photo chosen before and kept for its form. token: comes back with the form; url: of its thumbnail."""

    token: str
    url: str


class PhotosField(MultipleFileField):
    """Photos, checked and drawn anew while the form is validated; `photos` holds what may be kept.

    most: how many are taken; more is an error at the field.  kept: photos of an earlier sending of the same form, and
    lost: how many of those are gone, both set before validation where the form keeps them.  is_forgotten: set
    where the form is shown again without what was chosen.
    """

    def __init__(self, label: Any = "", *, most: int = 6, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.most = most
        self.photos: list[Photo] = []
        self.kept: Sequence[ChosenPhoto] = ()
        self.lost = 0
        self.is_forgotten = False
        self._drawn: list[Photo | str] | None = None

    def draw(self) -> list[Photo | str]:
        """Draw the photos anew, once; in place of one that is none, why.

        It takes half a second for each: a handler that reads before it validates calls this before its first
        statement, so that nobody waits for its lock meanwhile.
        """
        if self._drawn is None:
            files = uploads(self.data or [])
            self._drawn = [self._checked(number, file) for number, file in enumerate(files[: self.most], 1)]
        return self._drawn

    def pre_validate(self, form: BaseForm) -> None:
        files, checked = uploads(self.data or []), self.draw()
        self.photos = [one for one in checked if isinstance(one, Photo)]
        faults: list[Any] = [one for one in checked if not isinstance(one, Photo)]
        if self.lost:
            words = lazy("先前选好的照片有 %(count)s 张已过期，请重新选择，或直接提交其余的。")
            faults.append(words % {"count": self.lost})
        if len(files) + len(self.kept) > self.most:
            faults.append(lazy("一次最多上传 %(most)s 张照片，请减少后再提交。") % {"most": self.most})
        if faults:
            raise wtforms.ValidationError(" ".join(str(fault) for fault in faults))

    @staticmethod
    def _checked(number: int, file: Upload) -> Photo | str:
        """The photo, or why it is none."""
        try:
            return check_and_shrink(file.file.read(BYTES_LIMIT + 1))
        except PhotoRefused as refused:
            return str(lazy("第 %(number)s 张：%(reason)s") % {"number": number, "reason": refused})
