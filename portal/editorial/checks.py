"""What an editor should look at before a text goes to review; every finding is mended or overruled with a reason."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from portal.core.chinese import check_text
from portal.core.i18n import lazy
from portal.core.privacy import Kind, find_personal

MOST = 200
_LINK = re.compile(r"(?<!!)\[[^\]\n]{0,200}\]\((/[^)\s]{0,300})\)")
_PICTURE = re.compile(r"!\[([^\]\n]{0,300})\]\(([^)\s]{1,300})[^)\n]{0,200}\)")
_WORDS = {
    Kind.ID18: lazy("身份证号"),
    Kind.ID15: lazy("身份证号"),
    Kind.CARD: lazy("银行卡号"),
    Kind.PLATE: lazy("车牌"),
    Kind.EMAIL: lazy("邮箱"),
    Kind.WECHAT: lazy("微信号"),
    Kind.QQ: lazy("QQ 号"),
    Kind.PERMIT: lazy("证件号"),
    Kind.GPS: lazy("精确位置"),
    Kind.ADDRESS: lazy("住址"),
    Kind.NAME_TITLE: lazy("姓名"),
    Kind.NAME_LABEL: lazy("姓名"),
}
_PHONE = lazy("电话号码")
_PERSONAL = lazy("疑似个人信息（%(what)s），请遮盖或删去。")
_DEAD = lazy("站内链接打不开，请核对地址。")
_ALT = lazy("图片缺少文字说明，请补上。")
_FOREIGN = lazy("图片不在本站，请上传后再引用。")
_SENSITIVE = lazy("在本单位的敏感词表里，请核对。")
_LEADER = lazy("请核对姓名与职务：名单上是“%(title)s”。")


@dataclass(frozen=True)
class Finding:
    """One place in a text. field: which text of the piece; start, end: positions in it; reason: shown to the editor."""

    kind: str
    field: str
    start: int
    end: int
    found: str
    suggestion: str
    reason: str

    @property
    def key(self) -> str:
        """The same for the same words in the same field, wherever they move to."""
        return hashlib.sha256(f"{self.kind}\n{self.field}\n{self.found}".encode()).hexdigest()[:40]


@dataclass(frozen=True)
class WordLists:
    """Words of the office's own. sensitive: word → what to write instead; leaders: name → title."""

    sensitive: Mapping[str, str] = field(default_factory=dict)
    leaders: Mapping[str, str] = field(default_factory=dict)


def read_word_lists(folder: Path) -> WordLists:
    """The lists in `sensitive_words.txt` and `leaders.txt` of this folder: one entry a line, a tab between two parts.

    They stay on the machine and out of the repository, since such lists are internal; a missing file is an empty list.
    """
    return WordLists(_read_pairs(folder / "sensitive_words.txt"), _read_pairs(folder / "leaders.txt"))


def _read_pairs(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return {word.strip(): other.strip() for word, _, other in pairs}


def check_texts(
    texts: Mapping[str, str],
    today: date,
    lists: WordLists | None = None,
    is_reachable: Callable[[str], bool] = lambda _path: True,
    keep: Iterable[str] = (),
) -> list[Finding]:
    """Everything worth a look in the texts of a piece (by field), in order, at most MOST.

    is_reachable: whether a path of this portal leads to a page the public can read.
    keep: numbers that may be shown, such as the office's own telephone.
    """
    words = lists or WordLists()
    findings = [
        finding for name, text in texts.items() for finding in _check_one(name, text, today, words, is_reachable, keep)
    ]
    return findings[:MOST]


def _check_one(
    name: str, text: str, today: date, words: WordLists, is_reachable: Callable[[str], bool], keep: Iterable[str]
) -> list[Finding]:
    found = [
        *_personal(name, text, set(keep)),
        *_notes(name, text, today),
        *_links(name, text, is_reachable),
        *_pictures(name, text),
        *_sensitive(name, text, words.sensitive),
        *_leaders(name, text, words.leaders),
    ]
    return sorted(found, key=lambda finding: (finding.start, finding.end, finding.kind))


def _personal(name: str, text: str, keep: set[str]) -> Iterator[Finding]:
    for one in find_personal(text):
        is_name = one.kind in {Kind.NAME_TITLE, Kind.NAME_LABEL}
        # News and profiles name people on purpose; only names written as in a form are worth a look.
        if one.value in keep or (is_name and not one.certain):
            continue
        what = str(_WORDS.get(one.kind, _PHONE))
        yield Finding("personal", name, one.start, one.end, one.text, "", _PERSONAL % {"what": what})


def _notes(name: str, text: str, today: date) -> Iterator[Finding]:
    for note in check_text(text, today):
        if note.kind != "alternative":
            yield Finding(note.kind, name, note.start, note.end, note.found, note.suggestion or "", str(note.reason))


def _links(name: str, text: str, is_reachable: Callable[[str], bool]) -> Iterator[Finding]:
    for match in _LINK.finditer(text):
        path = match.group(1)
        if not path.startswith("//") and not is_reachable(path.partition("#")[0].partition("?")[0]):
            yield Finding("dead_link", name, match.start(1), match.end(1), path, "", str(_DEAD))


def _pictures(name: str, text: str) -> Iterator[Finding]:
    for match in _PICTURE.finditer(text):
        alt, address = match.groups()
        if not alt.strip():
            yield Finding("alternative", name, match.start(), match.end(), address, "", str(_ALT))
        if not address.startswith("/pictures/"):
            yield Finding("foreign_picture", name, match.start(2), match.end(2), address, "", str(_FOREIGN))


def _sensitive(name: str, text: str, words: Mapping[str, str]) -> Iterator[Finding]:
    for word, instead in words.items():
        start = text.find(word)
        while start >= 0:
            yield Finding("sensitive", name, start, start + len(word), word, instead, str(_SENSITIVE))
            start = text.find(word, start + len(word))


def _leaders(name: str, text: str, leaders: Mapping[str, str]) -> Iterator[Finding]:
    for leader, title in leaders.items():
        start = text.find(leader)
        while start >= 0:
            end = start + len(leader)
            if title not in text[max(0, start - len(title) - 4) : end + len(title) + 4]:
                yield Finding("leader", name, start, end, leader, "", _LEADER % {"title": title})
            start = text.find(leader, end)
