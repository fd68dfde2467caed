"""What a form says when WTForms itself finds a fault: plain words that tell what to type."""

from typing import Any

from wtforms import i18n

from portal.core.i18n import gettext, language, lazy

LOCALES = {"zh-Hans": ["zh"], "zh-Hant": ["zh_TW"], "en": ["en"]}

NUMBER = lazy("请填写数字，例如 12 或 12.5。")
WHOLE_NUMBER = lazy("请填写整数，例如 12。")
CHOICE = lazy("请从给出的选项中选一项。")

PLAIN = {
    "This field is required.": lazy("这一项没有填写，请补上。"),
    "Invalid input.": lazy("这一项填写得不对，请核对。"),
    "Not a valid choice.": CHOICE,
    "Invalid Choice: could not coerce.": CHOICE,
    "'%(value)s' is not a valid choice for this field.": CHOICE,
    "'%(value)s' are not valid choices for this field.": CHOICE,
    "Not a valid integer value.": WHOLE_NUMBER,
    "Not a valid decimal value.": NUMBER,
    "Not a valid float value.": NUMBER,
    "Not a valid date value.": lazy("请按“年-月-日”填写日期，例如 2026-03-05。"),
    "Not a valid datetime value.": lazy("请填写日期和时间，例如 2026-03-05 09:30。"),
    "Not a valid time value.": lazy("请填写时间，例如 09:30。"),
    "Number must be at least %(min)s.": lazy("不能小于 %(min)s。"),
    "Number must be at most %(max)s.": lazy("不能大于 %(max)s。"),
    "Number must be between %(min)s and %(max)s.": lazy("请填写 %(min)s 到 %(max)s 之间的数。"),
    "Field must be at least %(min)d characters long.": lazy("至少写 %(min)d 个字。"),
    "Field cannot be longer than %(max)d characters.": lazy("最多 %(max)d 个字，请精简。"),
    "Field must be exactly %(max)d characters long.": lazy("请填写 %(max)d 个字。"),
    "Field must be between %(min)d and %(max)d characters long.": lazy("请写 %(min)d 到 %(max)d 个字。"),
    "Invalid email address.": lazy("邮箱地址不完整，请核对。"),
    "Invalid URL.": lazy("请填写完整的网址，以 https:// 开头。"),
}


class Messages:
    """WTForms' translations object: our words first, its own catalogue for what is left."""

    def gettext(self, text: str) -> str:
        """The message in the reader's language."""
        plain = PLAIN.get(text)
        if plain is None or language() == "en":
            return str(self._stock().gettext(text))
        return gettext(plain.text)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Chinese has one form; the catalogue chooses for the others."""
        if language() == "en":
            return str(self._stock().ngettext(singular, plural, count))
        return self.gettext(plural)

    @staticmethod
    def _stock() -> Any:
        return i18n.get_translations(LOCALES[language()])
