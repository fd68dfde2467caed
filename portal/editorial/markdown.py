"""Markdown to HTML, once when a text is saved; what comes out holds nothing but the tags of a plain article."""

import re
from html import unescape

import markdown
import nh3

from portal.core.i18n import gettext as _

BYTES_LIMIT = 64 * 1024
SIGNS_LIMIT = 2000
BRACKETS_LIMIT = 500
TAGS = {
    *("p", "h2", "h3", "h4", "strong", "em", "ul", "ol", "li", "blockquote", "a", "img", "hr", "br", "code", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
PICTURE_PATH = re.compile(r"/pictures/([0-9a-f]{32})\.jpg")
_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r'\bsrc="([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')
_HEADING = re.compile(r"<(/?)h([1-6])>")
_TAG = re.compile(r"<[^>]*>")
_INLINE = re.compile(r"</?(?:a|strong|em|code|del)(?:\s[^>]*)?>")
_AFTER_SIGN = re.compile(r"([，。；：、！？…”’）》」』】〕]) ")
_MARKDOWN_PICTURE = re.compile(r"!\[([^\]\n]{0,300})\]\(([^)\s]{0,300})[^)\n]{0,200}\)")


def faults_of(text: str) -> list[str]:
    """Why this text cannot be saved: too long, pictures from elsewhere, pictures without alternative text."""
    if len(text.encode()) > BYTES_LIMIT:
        return [_("正文最多 64 KB（约两万字），请分成几篇。")]
    if _is_heavy(text):
        return [_("正文里的符号太多，无法排版，请检查是否粘贴了多余的内容。")]
    faults = []
    for alt, address in _MARKDOWN_PICTURE.findall(text):
        if not PICTURE_PATH.fullmatch(address):
            faults.append(_("图片“%(address)s”不在本站，请先上传再引用。") % {"address": address[:60]})
        elif not alt.strip():
            faults.append(_("有一张图片没有文字说明，请写在方括号里，看不见图片的读者靠它了解内容。"))
    return list(dict.fromkeys(faults))


def _is_heavy(text: str) -> bool:
    """Thousands of brackets or stars are no article, and the parser's work grows with their square."""
    brackets = text.count("[")
    unclosed = brackets - text.count("]")
    return brackets > BRACKETS_LIMIT or unclosed > 20 or any(text.count(sign) > SIGNS_LIMIT for sign in "*_`<>!(")


def render(text: str) -> str:
    """The article as HTML that may stand in a page as it is.

    Headings begin at h2, since the page's title is its h1; pictures that are not ours, or without alternative
    text, are left out; links keep http, https, mailto, tel and paths of this portal.
    Raises ValueError for a text that `faults_of` would refuse for its size.
    """
    if len(text.encode()) > BYTES_LIMIT or _is_heavy(text):
        raise ValueError("the text is longer than an article may be")
    html = markdown.markdown(text, extensions=["tables", "sane_lists"])
    html = _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + 1, 4)}>", html)
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
    )
    return _IMAGE.sub(_own_picture, clean)


def _own_picture(found: re.Match[str]) -> str:
    source, alt = _SOURCE.search(found[0]), _ALT.search(found[0])
    if not source or not alt or not alt[1].strip() or not PICTURE_PATH.fullmatch(source[1]):
        return ""
    return f'<img src="{source[1]}" alt="{alt[1]}" loading="lazy">'


def picture_names(text: str) -> list[str]:
    """The names of our pictures in a text, in order."""
    return list(dict.fromkeys(PICTURE_PATH.findall(text)))


def first_picture(text: str) -> tuple[str, str]:
    """Name and alternative text of the first picture; two empty texts when there is none."""
    for alt, address in _MARKDOWN_PICTURE.findall(text):
        found = PICTURE_PATH.fullmatch(address)
        if found:
            return found[1], alt.strip()
    return "", ""


def plain(html: str, most: int = 120) -> str:
    """The beginning of an article without its tags, for lists and feeds."""
    words = " ".join(unescape(_TAG.sub(" ", _INLINE.sub("", html))).split())
    words = _AFTER_SIGN.sub(r"\1", words)
    return words if len(words) <= most else f"{words[: most - 1]}…"
