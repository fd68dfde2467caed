"""What an editor is shown before a review, each finding at its place."""

from datetime import date
from pathlib import Path

from portal.editorial.checks import WordLists, check_texts, read_word_lists

TODAY = date(2026, 3, 4)


def kinds(text: str, **values: object) -> list[str]:
    """The kinds of findings in one text."""
    return [finding.kind for finding in check_texts({"body": text}, TODAY, **values)]  # type: ignore[arg-type]


def test_personal_data_is_found_at_its_place() -> None:
    (finding,) = check_texts({"body": "请打13812345678联系"}, TODAY)
    assert (finding.kind, finding.field, finding.found, finding.start) == ("personal", "body", "13812345678", 2)


def test_the_offices_own_number_may_stand() -> None:
    assert kinds("请打0519-86680000联系", keep=["051986680000", "0519-86680000"]) == []


def test_wrong_words_half_width_signs_brackets_and_future_days_are_found() -> None:
    found = kinds("请布署,常政发[2026]3号，2027年1月1日起。")
    assert found == ["wrong_word", "punctuation", "document_brackets", "date"]


def test_dead_inner_links_are_found_and_live_ones_not() -> None:
    text = "见[甲](/news/a)和[乙](/news/b?x=1#y)，[外](https://example.org)"
    findings = check_texts({"body": text}, TODAY, None, lambda path: path == "/news/b")
    assert [finding.found for finding in findings] == ["/news/a"]


def test_pictures_without_words_or_from_elsewhere_are_found() -> None:
    assert kinds("![](/pictures/x.jpg)\n![字](https://example.org/x.jpg)") == ["alternative", "foreign_picture"]


def test_the_offices_own_lists_come_from_its_machine(tmp_path: Path) -> None:
    (tmp_path / "sensitive_words.txt").write_text("# 敏感词\n老赖\t失信被执行人\n", encoding="utf-8")
    (tmp_path / "leaders.txt").write_text("张示例\t市长\n", encoding="utf-8")
    lists = read_word_lists(tmp_path)
    assert kinds("整治老赖", lists=lists) == ["sensitive"]
    assert kinds("市长张示例出席", lists=lists) == []
    assert kinds("局长张示例出席", lists=lists) == ["leader"]
    assert read_word_lists(tmp_path / "none") == WordLists()


def test_a_finding_keeps_its_key_when_the_text_around_it_moves() -> None:
    (one,) = check_texts({"body": "请布署"}, TODAY)
    (other,) = check_texts({"body": "另外，请您布署"}, TODAY)
    assert one.key == other.key
