"""Take personal data out of a text, as much as the reader's level asks for."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal

from portal.core.identifiers import mask_card, mask_email, mask_id, mask_name, mask_phone, mask_plate
from portal.core.privacy.finding import Finding, find_personal, in_order
from portal.core.privacy.patterns import Kind

Level = Literal["public", "unit", "staff"]

_PHONES = {Kind.MOBILE, Kind.MOBILE_LOOSE, Kind.LANDLINE, Kind.LOCAL_TEL}
_NAMES = {Kind.NAME_LABEL, Kind.NAME_TITLE}
_PLACES = {Kind.ADDRESS, Kind.GPS}
_PUBLIC = {
    Kind.ID18: "［身份证号］",
    Kind.ID15: "［身份证号］",
    Kind.CARD: "［银行卡］",
    Kind.PLATE: "［车牌］",
    Kind.EMAIL: "［邮箱］",
    Kind.WECHAT: "［微信］",
    Kind.QQ: "［QQ］",
    Kind.PERMIT: "［证件号］",
    Kind.ADDRESS: "［住址］",
    **dict.fromkeys(_PHONES, "［电话］"),
}
_STAFF: dict[Kind, Callable[[str], str]] = {
    Kind.ID18: mask_id,
    Kind.ID15: mask_id,
    Kind.CARD: mask_card,
    Kind.PLATE: mask_plate,
    Kind.EMAIL: mask_email,
    Kind.WECHAT: lambda value: value[:2] + "***",
    Kind.QQ: lambda value: value[:2] + "***",
    Kind.PERMIT: lambda value: value[:1] + "***" + value[-2:],
    **dict.fromkeys(_PHONES, mask_phone),
}


def redact(text: str, level: Level, keep: Iterable[str] = ()) -> str:
    """The text with personal data masked for this level; everything else stays sign for sign.

    level: `public` takes everything out; `unit` leaves places, which it needs to act, and a partial plate;
    `staff` sees partial masks and places.  keep: what may be shown, such as a unit's phone number or the name of
    the person a page is about, however it is written.
    Names after 我是 and other doubtful ones are never replaced in silence: they are suggestions of `find_personal`.
    """
    kept = _plain_ones(tuple(keep))
    parts: list[str] = []
    cursor = 0
    for finding in in_order(find_personal(text)):
        if _may_stay(finding, level) or _is_kept(finding, kept):
            continue
        parts += [text[cursor : finding.start], _mask(finding, level)]
        cursor = finding.end
    return "".join([*parts, text[cursor:]])


def _may_stay(finding: Finding, level: Level) -> bool:
    if finding.kind in _NAMES:
        return not finding.certain
    return finding.kind in _PLACES and level != "public"


def _is_kept(finding: Finding, kept: frozenset[str]) -> bool:
    value = _plain(finding.value)
    # The allow-list may give a number without its area code, and the text with it.
    return value in kept or (finding.kind is Kind.LANDLINE and any(value[cut:] in kept for cut in (3, 4)))


@lru_cache(maxsize=64)
def _plain_ones(values: tuple[str, ...]) -> frozenset[str]:
    """A city's numbers are the same for every text of a case, and a table brings thousands of cases."""
    return frozenset(map(_plain, values)) - {""}


def _plain(value: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", value)).upper()


def _mask(finding: Finding, level: Level) -> str:
    value, kind = finding.value, finding.kind
    if kind in _NAMES:
        return mask_name(value)
    if kind is Kind.GPS:
        # Three decimals are about a hundred metres: the street, not the door.
        return re.sub(r"[0-9]+\.[0-9]+", lambda number: f"{float(number.group()):.3f}", value)
    if level == "staff" or (level == "unit" and kind is Kind.PLATE):
        return _STAFF[kind](value)
    return _PUBLIC[kind]
