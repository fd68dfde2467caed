"""Chinese text made fit to keep, to search and to publish: cleaning, script, bigrams, editorial checks.

Nothing here knows what a text is about. The four parts stand alone: `clean` for every form field,
`to_simplified` for whatever compares texts, `index_text`, `fts5_query` and `holds` (or `postgres_query`)
for search, `check_text` for what an editor should see before a review.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from opencc import OpenCC

from portal.core.i18n import LazyText, lazy

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

# Control characters, lone surrogates, non-characters (XML and Atom refuse them), the byte order mark,
# and the marks that turn the reading direction round (they make a text show something else than it says).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff\ufdd0-\ufdef"
    "\u202a-\u202e\u2066-\u2069]"
)
_NEWLINE = re.compile("\r\n|[\r\x85\u2028\u2029]")


def clean(value: str) -> str:
    """What a person typed, without the characters that break databases, feeds and pages.

    Every kind of line end becomes one newline; tabs, spaces and all visible characters stay as they are.
    Cleaning twice changes nothing more.
    """
    return _UNWANTED.sub("", _NEWLINE.sub("\n", value))


def sentence(text: str) -> str:
    """What a person typed, to stand among other sentences: with a full stop where it ends in nothing."""
    text = text.strip().rstrip("，,；;、")
    return text if not text or text[-1] in "。！？!?…”）" else f"{text.rstrip('.')}。"


@cache
def _converter() -> OpenCC:
    # Building the converter reads its dictionaries (8 ms), so it is built once.
    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The text in simplified characters, character by character, so that positions stay the same.

    Raises nothing for odd input: lone surrogates become `?`.
    """
    if text.isascii():
        return text
    safe = text.encode("utf-8", "replace").decode("utf-8")
    simplified: str = _converter().convert(safe)
    if len(simplified) != len(text):
        simplified = "".join(_one_character(character) for character in safe)
    return simplified


def _one_character(character: str) -> str:
    converted: str = _converter().convert(character)
    return converted if len(converted) == 1 else character


_RUN = re.compile(f"[{HAN}]+|[0-9]+|[a-z]+|[^\\W0-9a-z_{HAN}]+")
_HAN_RUN = re.compile(f"[{HAN}]+")


def _runs(text: str) -> list[str]:
    # Letters and digits apart: "BRT3号线" is found by "3号线" too.
    return _RUN.findall(unicodedata.normalize("NFKC", to_simplified(text)).lower())


def index_text(text: str) -> str:
    """The words to keep in a full-text index for this text: pairs of Chinese characters, whole other words.

    "路灯坏了" gives "路灯 灯坏 坏了 了", so that any piece of the text, of one character or more, is found exactly.
    """
    return " ".join(
        gram
        for run in _runs(text)
        for gram in ([run[i : i + 2] for i in range(len(run))] if _HAN_RUN.match(run) else [run])
    )


def _terms(query: str) -> Iterator[tuple[list[str], bool]]:
    """Each part of a query as (words that must follow each other, whether the last is only a beginning)."""
    for run in _runs(query):
        if _HAN_RUN.match(run) and len(run) > 1:
            yield [run[i : i + 2] for i in range(len(run) - 1)], False
        else:
            yield [run], True


def fts5_query(query: str) -> str:
    """The SQLite FTS5 expression for what a person typed; empty when there is nothing to search for.

    It wants every pair of characters, wherever they stand: an index that knows no places is half as large as one
    that does, and `holds` tells whether they follow each other. Only quoted terms of letters and digits are made, so
    nothing typed can act as syntax.
    """
    return " ".join(f'"{word}"{"*" if prefix else ""}' for words, prefix in _terms(query) for word in words)


def holds(query: str, text: str) -> bool:
    """Whether a text that has every pair of a query has its characters one after the other, as they were typed."""
    pieces = [run for run in _runs(query) if _HAN_RUN.match(run) and len(run) > 2]
    if all(piece in text for piece in pieces):
        return True
    runs = _runs(text)
    return all(any(piece in run for run in runs) for piece in pieces)


def postgres_query(query: str) -> str:
    """The same for PostgreSQL's `to_tsquery('simple', …)`; empty when there is nothing to search for."""
    parts = (" <-> ".join(f"'{word}'" + (":*" if prefix else "") for word in words) for words, prefix in _terms(query))
    return " & ".join(f"({part})" for part in parts)


@dataclass(frozen=True)
class TextNote:
    """One place in a text that an editor should look at; anyone may overrule it with a reason.

    start, end: positions in the text that was given.  suggestion: the text to put there, or None.
    reason: a sentence in the reader's language once it is shown.
    """

    kind: str
    start: int
    end: int
    found: str
    suggestion: str | None
    reason: LazyText


_WRONG = lazy("常见错别字，请核对。")
_PUNCTUATION = lazy("中文里请用全角标点。")
_BRACKETS = lazy("发文字号的年份请用六角括号〔〕。")
_NUMBER = lazy("发文字号的年份写四位，序号不加“第”，也不编虚位。")
_DAMAGED = lazy("这里像是转码时丢了字，请对照原文。")
_ALTERNATIVE = lazy("图片缺少文字说明，请补上。")
_FUTURE = lazy("日期在今天之后，请确认。")
_NO_DAY = lazy("没有这一天，请核对日期。")

# (what is wrong, what is right). The look-arounds keep right words that contain a wrong pair: 公平合理, 明显的.
_WRONG_WORDS = [
    (r"帐(?=[号户单目款务本])", "账"),
    (r"登陆(?=网站|系统|平台|账|帐|网址|官网|小程序|公众号|手机|APP|app|后台|页面)", "登录"),
    (r"截止(?=目前|现在|今日|日前|[0-9]{4}年|[0-9]{1,2}月|[上本去今]年|[上本]月)", "截至"),
    (r"截至(?=日期|时间)", "截止"),
    ("座落", "坐落"),
    ("乘座", "乘坐"),
    ("坐位", "座位"),
    ("布署", "部署"),
    ("拉圾", "垃圾"),
    (r"按装(?![修饰置备卸])", "安装"),
    ("必竟", "毕竟"),
    ("即然", "既然"),
    ("迫不急待", "迫不及待"),
    ("再接再励", "再接再厉"),
    ("一愁莫展", "一筹莫展"),
    ("穿流不息", "川流不息"),
    ("渡假", "度假"),
    ("竟赛", "竞赛"),
    ("粗旷", "粗犷"),
    ("松驰", "松弛"),
    ("气慨", "气概"),
    ("复盖", "覆盖"),
    (r"好象(?![棋牙])", "好像"),
    ("精减", "精简"),
    ("幅射", "辐射"),
    ("凑和", "凑合"),
    ("脉博", "脉搏"),
    ("膺品", "赝品"),
    ("针贬", "针砭"),
    (r"(?<![公水和])平合(?![理法格同作并])", "平台"),
    (r"(?<![符结联综配])合阶(?![段层])", "台阶"),
    ("氖围", "氛围"),
    ("道徳", "道德"),
    (r"(?<![发出呈实表体])现固(?!定)", "巩固"),
    (r"(?<=[做干办搞说讲变])的(?=[很更越]|非常|十分|不够)", "得"),
    (r"(?<!明)显的(?=[很更越]|非常|十分|不)", "显得"),
    (
        r"(?<=认真|积极|扎实|深入|切实|主动|热情|耐心|细致|及时|持续|广泛)"
        r"的(?=开展|推进|落实|学习|解决|组织|做好|听取|完成|讲解|解答|处理|宣传|参与)",
        "地",
    ),
]
_WRONG_PATTERNS = [(re.compile(pattern), right) for pattern, right in _WRONG_WORDS]
_HALF_WIDTH = re.compile(f'(?<=[{HAN}”’》）])(?:[,;:?]|!(?!\\[)|\\.(?=[{HAN}\\s]|$)|[()"])|[("](?=[{HAN}])')
_FULL_WIDTH = dict(zip(",;:?!.()", "，；：？！。（）", strict=True))
_DOCUMENT_NUMBER = re.compile(
    f"[{HAN}]{{0,6}}[发办函字通令政委文规]([\\[(（【［〔〖])([0-9]{{2}}|[0-9]{{4}})([\\])）】］〕〗])(第?[0-9]{{1,5}})号"
)
# Half-width question marks where a byte was lost; two full-width ones are only a loud question.
_DAMAGE = re.compile(r"\?[；！？]|？\?|\?{2,}|\ufffd+")
_BARE_IMAGE = re.compile(r"!\[[ \t]{0,9}\]\(")
_DAY = re.compile(r"(?<![0-9])([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")


def check_text(text: str, today: date | None = None) -> list[TextNote]:
    """What an editor should look at before a text goes to review, in the order of the text.

    Looks for common wrong characters, half-width punctuation between Chinese, wrong brackets and numbers of
    official documents, damaged characters, Markdown pictures without alternative text and, when `today` is
    given, dates that lie ahead.  Source: the checks of the three-review rule (三审三校).
    """
    notes = [
        *_wrong_words(text),
        *_half_width(text),
        *_document_numbers(text),
        *(_note("damage", found, None, _DAMAGED) for found in _DAMAGE.finditer(text)),
        *(_note("alternative", found, None, _ALTERNATIVE) for found in _BARE_IMAGE.finditer(text)),
        *(_future_days(text, today) if today else ()),
    ]
    return sorted(notes, key=lambda note: (note.start, note.end, note.kind))


def _note(kind: str, found: re.Match[str], suggestion: str | None, reason: LazyText, group: int = 0) -> TextNote:
    return TextNote(kind, found.start(group), found.end(group), found.group(group), suggestion, reason)


def _wrong_words(text: str) -> Iterator[TextNote]:
    for pattern, right in _WRONG_PATTERNS:
        for found in pattern.finditer(text):
            yield _note("wrong_word", found, right, _WRONG)


def _half_width(text: str) -> Iterator[TextNote]:
    for found in _HALF_WIDTH.finditer(text):
        yield _note("punctuation", found, _FULL_WIDTH.get(found.group()), _PUNCTUATION)


def _document_numbers(text: str) -> Iterator[TextNote]:
    for found in _DOCUMENT_NUMBER.finditer(text):
        opening, year, closing, number = found.groups()
        if (opening, closing) != ("〔", "〕"):
            start, end = found.start(1), found.end(3)
            yield TextNote("document_brackets", start, end, text[start:end], f"〔{year}〕", _BRACKETS)
        if len(year) != 4:
            yield _note("document_number", found, None, _NUMBER, group=2)
        if number.startswith(("第", "0")):
            plain = number.lstrip("第").lstrip("0") or "0"
            yield _note("document_number", found, plain, _NUMBER, group=4)


def _future_days(text: str, today: date) -> Iterator[TextNote]:
    for found in _DAY.finditer(text):
        try:
            day = date(*map(int, found.groups()))
        except ValueError:
            yield _note("date", found, None, _NO_DAY)
            continue
        if day > today:
            yield _note("date", found, None, _FUTURE)
