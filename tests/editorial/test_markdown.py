"""Markdown becomes plain article HTML and nothing else."""

import pytest

from portal.editorial.markdown import BYTES_LIMIT, faults_of, first_picture, picture_names, plain, render

NAME = "0123456789abcdef" * 2


def test_an_article_keeps_its_shape_below_the_pages_title() -> None:
    html = render("# 大标题\n\n段落**重点**\n\n- 一\n- 二\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |")
    for part in ("<h2>大标题</h2>", "<strong>重点</strong>", "<li>一</li>", "<td>2</td>"):
        assert part in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        '<a href="x" onclick="y">z</a>',
        "<style>*{display:none}</style>",
        '<iframe src="https://example.org"></iframe>',
        '<p style="color:red" class="x" id="main">y</p>',
        "<svg onload=alert(1)>",
    ],
)
def test_nothing_that_runs_or_restyles_survives(hostile: str) -> None:
    html = render(f"前\n\n{hostile}\n\n后").lower()
    for sign in (
        "<script",
        "onerror",
        "onclick",
        "onload",
        "javascript:",
        "data:",
        "<style",
        "<iframe",
        "style=",
        "id=",
    ):
        assert sign not in html
    assert "前" in html
    assert "后" in html


def test_only_our_pictures_with_alternative_text_are_shown() -> None:
    own = f"![河边步道](/pictures/{NAME}.jpg)"
    assert f'<img src="/pictures/{NAME}.jpg" alt="河边步道" loading="lazy">' in render(own)
    for other in ("![x](https://example.org/x.jpg)", f"![](/pictures/{NAME}.jpg)", "![x](/pictures/../x.jpg)"):
        assert "<img" not in render(other)
        assert faults_of(other)
    assert faults_of(own) == []
    assert picture_names(own) == [NAME]
    assert first_picture(f"字 {own}") == (NAME, "河边步道")


def test_a_text_beyond_64_kb_or_made_of_signs_is_refused() -> None:
    for text in ("字" * (BYTES_LIMIT // 3 + 1), "[" * 600, "*" * 3000):
        assert faults_of(text)
        with pytest.raises(ValueError, match="longer"):
            render(text)


def test_the_summary_is_the_beginning_without_tags() -> None:
    assert plain(render("**第一** & 第二\n\n第三"), 8) == "第一 & 第二…"


def test_the_summary_joins_paragraphs_as_chinese_is_written() -> None:
    html = "<p><strong>错开。</strong>同一所学校</p>\n<p>错开十分钟。</p>\n<h2>怎么报</h2><p>请拨打 12345。</p>"
    assert plain(html) == "错开。同一所学校 错开十分钟。怎么报 请拨打 12345。"
