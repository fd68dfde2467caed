"""Other writings of the same text, and the damage that texts take on their way: what must not change a group.

The kinds of damage are those of the official texts this portal was drawn from (domain notes 8.1), and so is their rate:
five places where bytes were lost in one, six misread signs in another, each a page of one to three thousand signs,
so two to six in a thousand. Here every sign has a chance of five in a thousand.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np

Change = Callable[[str], str]
"""A text to another writing of it; the same for the same text."""

RATE = 0.005
"""The chance of a sign to be damaged."""
PAIRS = """
台合 氛氖 德徳 巩现 未末 土士 己已 日曰 人入 天夫 大太 干千 元无 住往 待侍 狗拘 拆折 贷货 间问 网冈 晴睛 官宫
免兔 今令 师帅 堆推 桶捅 乌鸟 管菅 遛溜 楼搂 垃拉 车东 电申 市巿 处外 没设 治冶 活话 清请 路蹈 校较 场扬 灯打 业亚
"""
LOOK_ALIKES: dict[str, str] = {pair[0]: pair[1] for pair in PAIRS.split()}
"""A sign and what character recognition takes it for; the first four were seen."""
INSERTED = ("今日头条请搜索:示例号", "（来源：示例网）", "扫码关注示例发布")


def changes() -> dict[str, Change]:
    """Ways of writing the same text, by name."""
    import opencc

    traditional = opencc.OpenCC("s2t").convert
    return {
        "繁体": traditional,
        "台湾用字": opencc.OpenCC("s2tw").convert,
        "全角": lambda text: "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" else s for s in text),
        "字间空格": " ".join,
        "零宽字符": "\u200b".join,
        "表情": lambda text: text.replace("。", "🙏。").replace("，", "😡，") + "🔥🔥",
        "无标点": lambda text: "".join(s for s in text if unicodedata.category(s)[0] != "P"),
        "繁体掉字节": lambda text: bytes_lost(traditional(text)),
        "简体掉字节": bytes_lost,
        "形近误识": misread,
        "星号遮盖": masked,
        "夹入来源": inserted,
        "3% 乱码": lost,
    }


def bytes_lost(text: str) -> str:
    """Some signs that lost their first byte."""
    for place in _places(text):
        text = lose_byte(text, place)
    return text


def lose_byte(text: str, place: int) -> str:
    """The first byte of a sign replaced by a question mark in GBK, so that the pairs after it shift to one that ends
    in the code of a half-width sign: in traditional script a few signs, in simplified all up to the next half-width."""
    tail = b"?" + text[place:].encode("gb18030", "replace")[1:]
    return text[:place] + tail.decode("gbk", "replace").replace("\ufffd", "?")


def misread(text: str) -> str:
    """Some signs taken for ones that look alike."""
    known = [place for place, sign in enumerate(text) if sign in LOOK_ALIKES]
    chosen = set(_places(text, known))
    return "".join(LOOK_ALIKES[sign] if place in chosen else sign for place, sign in enumerate(text))


def masked(text: str) -> str:
    """Some runs of two signs hidden behind three stars."""
    for place in _places(text):
        text = text[:place] + "***" + text[place + 2 :]
    return text


def inserted(text: str) -> str:
    """A line of the page that the text was copied from in the middle of a sentence."""
    for number, place in enumerate(_places(text)):
        text = text[:place] + INSERTED[number % len(INSERTED)] + text[place:]
    return text


def lost(text: str) -> str:
    """Three signs in a hundred lost, a stress beyond what was seen."""
    chance = np.random.default_rng(len(text))
    return "".join(sign if chance.random() > 0.03 else "?" for sign in text)


def _places(text: str, among: Sequence[int] | None = None) -> list[int]:
    """Where this text is damaged, the last place first: RATE of its signs on average, all of them among these places
    (all places where None)."""
    among = range(len(text)) if among is None else among
    chance = np.random.default_rng(crc32(text.encode("utf-8", "surrogatepass"))).random(len(text))
    return [place for place in reversed(among) if chance[place] * len(among) < RATE * len(text)]
