"""Numbers that stand for firms, persons, cards and phones: checked, read and masked.

Checking never keeps or logs a number. A failing check of a credit code is advice, since issued codes exist
that fail it: staff may overrule with a reason.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = [3**i % 31 for i in range(17)]
_USCC_BODY = re.compile(f"[{USCC_SIGNS}]{{2}}[0-9]{{6}}[{USCC_SIGNS}]{{9}}")
_ORGANISATION_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Registration authority and kind of body; a code with other first signs may be right, but a person should look.
_USCC_KINDS = {
    *("11", "12", "13", "19", "21", "29", "31", "32", "33", "34", "35", "39", "41", "49", "51", "52", "53", "59"),
    *("61", "69", "71", "72", "79", "81", "89", "91", "92", "93", "A1", "A9", "N1", "N2", "N3", "N9", "Y1"),
}

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_SIGNS = "10X98765432"
_ID_FORM = re.compile("[1-9][0-9]{16}[0-9X]")
_ID_OLD_FORM = re.compile("[1-9][0-9]{14}")
_PROVINCES = {
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43"),
    *("44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83"),
}
_COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "司徒", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "东方")


@dataclass(frozen=True)
class UsccCheck:
    """What a unified social credit code says of itself.

    value: as written, without spaces, upper case.  valid: form and last sign are right.
    expected: the last sign that would be right, None when the first 17 have not the form.
    inner_ok: the organisation code inside has the right check sign; a warning only.
    kind_known: the first two signs name a known authority and kind of body; a warning only.
    """

    value: str
    valid: bool
    expected: str | None
    inner_ok: bool
    kind_known: bool


@dataclass(frozen=True)
class ResidentIdCheck:
    """What a resident identity number says of itself.

    valid: form, region, birth date and last sign are right.  expected: the last sign that would be right, None
    when the form is wrong.  born_on: None when there is no such day or it lies ahead.  is_old: the 15-digit form,
    which has no check sign; `full` is then its 18-digit successor.
    """

    valid: bool
    expected: str | None
    born_on: date | None
    is_male: bool | None
    region_known: bool
    is_old: bool
    full: str | None


def _bare(value: str) -> str:
    return re.sub(r"[\s\-‐-―−·]", "", unicodedata.normalize("NFKC", value)).upper()


def uscc_check_sign(body: str) -> str:
    """The last sign for the first 17 of a unified social credit code. Source: GB 32100-2015.

    Raises ValueError for a sign that the standard does not use.
    """
    total = sum(USCC_SIGNS.index(sign) * weight for sign, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_SIGNS[-total % 31]


def organisation_check_sign(body: str) -> str:
    """The last sign for the first 8 of an organisation code. Source: GB 11714-1997."""
    total = sum(
        _ORGANISATION_SIGNS.index(sign) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def check_uscc(value: str) -> UsccCheck:
    """Whether this is a unified social credit code (统一社会信用代码), and what is odd about it.

    Codes of military, agricultural and other bodies (A…, N…, Y…) are as good as any. Spaces, hyphens, full-width
    and lower-case letters are forgiven.
    """
    bare = _bare(value)
    if len(bare) != 18 or not _USCC_BODY.fullmatch(bare[:17]):
        return UsccCheck(bare, valid=False, expected=None, inner_ok=False, kind_known=False)
    expected = uscc_check_sign(bare[:17])
    return UsccCheck(
        bare,
        valid=bare[17] == expected,
        expected=expected,
        inner_ok=organisation_check_sign(bare[8:16]) == bare[16],
        kind_known=bare[:2] in _USCC_KINDS,
    )


def id_check_sign(body: str) -> str:
    """The last sign for the first 17 digits of a resident identity number. Source: GB 11643-1999."""
    return _ID_CHECK_SIGNS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def check_resident_id(value: str, today: date) -> ResidentIdCheck:
    """Whether this is a resident identity number (居民身份证号) of somebody born on or before `today`."""
    bare = _bare(value)
    is_old = bool(_ID_OLD_FORM.fullmatch(bare))
    if is_old:
        body = f"{bare[:6]}19{bare[6:]}"
        bare = body + id_check_sign(body)
    elif not _ID_FORM.fullmatch(bare):
        return ResidentIdCheck(
            valid=False, expected=None, born_on=None, is_male=None, region_known=False, is_old=False, full=None
        )
    expected = id_check_sign(bare[:17])
    born_on = _day(bare[6:14])
    if born_on is not None and born_on > today:
        born_on = None
    # Since 2023 the card of foreigners with permanent residence has the same form and begins with 9.
    region_known = bare[:2] in _PROVINCES or bare[0] == "9"
    return ResidentIdCheck(
        valid=bare[17] == expected and born_on is not None and region_known,
        expected=expected,
        born_on=born_on,
        is_male=int(bare[16]) % 2 == 1,
        region_known=region_known,
        is_old=is_old,
        full=bare,
    )


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def luhn_ok(value: str) -> bool:
    """Whether a card number's last digit is right; spaces and hyphens are forgiven. Source: ISO/IEC 7812-1."""
    digits = _bare(value)
    if not re.fullmatch("[0-9]+", digits):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def mask_id(value: str) -> str:
    """An identity number for staff who may see it: region and last four, `320300********0019`."""
    bare = _bare(value)
    return bare[:6] + "*" * max(len(bare) - 10, 0) + bare[-4:] if len(bare) > 10 else "*" * len(bare)


def mask_phone(value: str) -> str:
    """A phone number for staff: `138****5678`, `0516****1234`; a short one shows its last two digits only."""
    digits = re.sub("[^0-9]", "", unicodedata.normalize("NFKC", value))
    if len(digits) > 11:
        digits = digits.removeprefix("0086").removeprefix("86")
    if len(digits) < 9:
        return "*" * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 4 else "*" * len(digits)
    head = 3 if digits.startswith("1") else 4
    return digits[:head] + "*" * (len(digits) - head - 4) + digits[-4:]


def mask_plate(value: str) -> str:
    """A number plate for staff: province, city letter and the last two signs, `苏C·***45`."""
    bare = _bare(value).replace("•", "").replace("・", "").replace(".", "")
    return f"{bare[:2]}·{'*' * max(len(bare) - 4, 0)}{bare[-2:]}" if len(bare) > 4 else "*" * len(bare)


def mask_card(value: str) -> str:
    """A card number for staff: the last four digits, `****0128`."""
    digits = re.sub("[^0-9]", "", unicodedata.normalize("NFKC", value))
    return f"****{digits[-4:]}" if len(digits) > 8 else "****"


def mask_email(value: str) -> str:
    """An e-mail address for staff: first sign and the house it goes to, `z***@example.com`."""
    name, at, house = value.partition("@")
    return f"{name[:1]}***{at}{house}" if at else "***"


def mask_name(value: str) -> str:
    """A person's name for the public: surname and as many 某 as the given name has signs, `张某`, `欧阳某某`."""
    name = value.strip()
    if not name:
        return ""
    surname = name[:2] if name.startswith(_COMPOUND_SURNAMES) and len(name) > 2 else name[0]
    given = len(name) - len(surname)
    # Names with a dot and foreign names would tell too much by their length.
    return surname + "某" * (given if given <= 2 and "·" not in name else 1)
