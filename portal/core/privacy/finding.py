"""Find personal data in a text, each finding at its place in the text as it was typed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from portal.core.identifiers import check_resident_id, check_uscc, luhn_ok
from portal.core.privacy import patterns as p
from portal.core.privacy.normal import Normal, normalise
from portal.core.privacy.patterns import Kind

# No number is refused for a birth ahead: what looks like an identity number is taken out in any case.
_NO_LIMIT = date.max


@dataclass(frozen=True)
class Finding:
    """One piece of personal data in a text.

    start, end: positions in the text that was given; text: what stands there; value: the same in plain signs.
    certain: False when a person should look, since other things look alike.
    """

    kind: Kind
    start: int
    end: int
    text: str
    value: str
    certain: bool


# A judge says whether a match counts: (group of the match that is personal, certain), or None for no.
_Verdict = tuple[int, bool] | None
_Judge = Callable[[re.Match[str]], _Verdict]


def find_personal(text: str) -> list[Finding]:
    """All personal data that patterns can see in the text, in the order of the text.

    Credit codes of firms, hotlines and case numbers are not personal. Takes one pass a pattern, whatever the text.
    """
    normal = normalise(text)
    spans = _look(normal.worded)
    if normal.text != normal.worded:
        # Numerals are turned into digits only for a second look: 证件一1101… must not grow to nineteen digits.
        reading = list(normal.text)
        for _, start, end, _ in spans:
            reading[start:end] = "\0" * (end - start)
        spans += _look("".join(reading))
    return sorted((_finding(normal, text, *span) for span in spans), key=lambda finding: finding.start)


def _look(reading: str) -> list[tuple[Kind, int, int, bool]]:
    """Kind, start, end and certainty of all that is personal in a text of plain signs."""
    reading = _hide(p.CASE_NUMBER, reading, lambda match: (0, True))[0]
    reading = _hide(p.USCC, reading, _firm)[0]
    found: list[tuple[Kind, int, int, bool]] = []
    for kind, pattern, judge in _STEPS:
        reading, spans = _hide(pattern, reading, judge)
        found.extend((kind, *span) for span in spans)
    return found


def _hide(pattern: re.Pattern[str], reading: str, judge: _Judge) -> tuple[str, list[tuple[int, int, bool]]]:
    """What counts, and the reading with it blanked, so that no later pattern sees a piece of it."""
    spans: list[tuple[int, int, bool]] = []

    def blank(match: re.Match[str]) -> str:
        verdict = judge(match)
        if verdict is None:
            return match.group()
        group, certain = verdict
        start, end = match.span(group)
        spans.append((start, end, certain))
        whole = match.group()
        return whole[: start - match.start()] + "\0" * (end - start) + whole[end - match.start() :]

    return pattern.sub(blank, reading), spans


def _finding(normal: Normal, text: str, kind: Kind, start: int, end: int, certain: bool) -> Finding:
    if kind is Kind.MOBILE and p.WECHAT_BEFORE.search(normal.text[max(start - 16, 0) : start]):
        # Found as a phone, told as what it is given for.
        kind = Kind.WECHAT
    raw_start, raw_end = normal.raw_span(start, end)
    return Finding(kind, raw_start, raw_end, text[raw_start:raw_end], normal.text[start:end], certain)


def _near(words: re.Pattern[str], match: re.Match[str], before: int = 16, after: int = 0) -> bool:
    return bool(words.search(match.string, max(match.start() - before, 0), match.end() + after))


def _firm(match: re.Match[str]) -> _Verdict:
    """A right credit code is no person's, unless it may as well be an identity number."""
    value = match.group()
    if not check_uscc(value).valid:
        return None
    if not p.ID18.fullmatch(value):
        return 0, True
    if check_resident_id(value, _NO_LIMIT).valid or not _near(p.FIRM_WORDS, match):
        return None
    return 0, True


def _identity(match: re.Match[str]) -> _Verdict:
    if check_resident_id(match.group(), _NO_LIMIT).valid:
        return 0, True
    around = match.string[max(match.start() - 1, 0) : match.start()] + match.string[match.end() : match.end() + 1]
    return None if re.search("[A-Za-z]", around) else (0, True)


def _identity_in_pieces(match: re.Match[str]) -> _Verdict:
    number = re.sub("[^0-9Xx]", "", match.group())
    return (0, True) if check_resident_id(number, _NO_LIMIT).valid else None


def _broken_mobile(match: re.Match[str]) -> _Verdict:
    """A number in pieces, but no list of bus lines, span of years or network address."""
    groups = [len(group) for group in re.split("[^0-9]+", match.group())]
    blanks_only = not re.search(r"[^0-9\s*_]", match.group())
    usual = groups in ([3, 4, 4], [3, 8], [7, 4], [3, 3, 5], [4, 4, 3], [4, 7])
    return (0, False) if blanks_only or usual or max(groups) <= 2 else None


def _card(match: re.Match[str]) -> _Verdict:
    if luhn_ok(match.group()):
        return 0, True
    return (0, False) if _near(p.CARD_WORDS, match) else None


def _plate(match: re.Match[str]) -> _Verdict:
    # Every plate has two digits at least; "新model3" has one.
    return (0, True) if len(re.findall("[0-9]", match.group())) >= 2 else None


def _local_number(match: re.Match[str]) -> _Verdict:
    return None if p.HOTLINE.fullmatch(match.group(1)) else (1, True)


def _wechat(match: re.Match[str]) -> _Verdict:
    label = match.group()[: match.start(1) - match.start()]
    return 1, bool(re.search("[号:是]|加", label) or re.search("[0-9_-]", match.group(1)))


def _permit(match: re.Match[str]) -> _Verdict:
    return (0, True) if _near(p.PERMIT_WORDS, match, after=8) else None


def _address(match: re.Match[str]) -> _Verdict:
    return next(number for number in (1, 2, 3) if match.group(number)), True


def _titled(match: re.Match[str]) -> _Verdict:
    name = match.group(1)
    if name[0] in p.WORDY_SURNAMES:
        # 校车师傅, 司机师傅 and 和阿姨 name nobody; 方女士 tells no more than that.
        return None if len(name) == 1 or name.endswith("司机") else (1, False)
    return 1, not set(name[1:]) & p.NOT_IN_NAMES


def _labelled(match: re.Match[str]) -> _Verdict:
    label, joint, name = match.groups()
    if name[0] in p.WORDY_SURNAMES and ":" not in joint:
        return None
    # 投诉人：李明 is a name; 投诉人解释 and 姓名查询 are sentences that go on.
    told = label == "我叫" or (label not in {"我是", "本人"} and bool(joint.strip()))
    return 3, told and not set(name[1:]) & p.NOT_IN_NAMES


def _always(certain: bool, group: int = 0) -> _Judge:
    return lambda match: (group, certain)


_STEPS: list[tuple[Kind, re.Pattern[str], _Judge]] = [
    (Kind.ID18, p.ID18, _identity),
    (Kind.ID18, p.ID18_LOOSE, _identity_in_pieces),
    (Kind.CARD, p.CARD, _card),
    (Kind.MOBILE, p.MOBILE, _always(certain=True)),
    (Kind.MOBILE_LOOSE, p.MOBILE_LOOSE, _broken_mobile),
    (Kind.CARD, p.ACCOUNT, _always(certain=False, group=1)),
    (Kind.LANDLINE, p.LANDLINE, _always(certain=True)),
    (Kind.LOCAL_TEL, p.LOCAL_TEL, _local_number),
    (Kind.PLATE, p.PLATE, _plate),
    (Kind.EMAIL, p.EMAIL, _always(certain=True)),
    (Kind.WECHAT, p.WECHAT, _wechat),
    (Kind.QQ, p.QQ, _always(certain=True, group=1)),
    (Kind.PERMIT, p.PERMIT, _permit),
    (Kind.ID15, p.ID15, _always(certain=False)),
    (Kind.GPS, p.GPS, _always(certain=True)),
    (Kind.ADDRESS, p.ADDRESS, _address),
    (Kind.NAME_TITLE, p.NAME_TITLE, _titled),
    (Kind.NAME_LABEL, p.NAME_LABEL, _labelled),
]


def in_order(findings: list[Finding]) -> Iterator[Finding]:
    """The findings without those that share a raw sign with an earlier one."""
    end = 0
    for finding in findings:
        if finding.start >= end:
            end = finding.end
            yield finding
