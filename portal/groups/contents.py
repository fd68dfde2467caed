"""Checks the words beside a profile: questionnaires and demo content must fit the city they are for.

The slices load these files; here only what would make a loader stumble is named, by file, key and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from portal.groups.check import Fault, Reader, open_table
from portal.groups.city import City

QUESTION_TYPES = ("yes_no", "grade5", "single", "multiple", "text", "number")
ROLES = ("awareness", "support", "participation", "satisfaction", "none")
GRADES = ("minor", "general", "serious")
SUBJECTS = ("legal_person", "unincorporated", "individual_business", "natural_person")
STATES = (
    "submitted", "triage", "dispatched", "accepted", "in_progress", "need_info", "return_asked", "extension_asked",
    "deferred", "resolved", "reopen_asked", "reopened", "closed", "rejected", "transferred", "merged", "withdrawn",
)  # fmt: skip
BOARD_STATES = ("found", "notified", "rectifying", "rectified", "verified", "overdue")


def check_contents(folder: Path, city: City) -> list[Fault]:
    """Every fault of surveys/*.toml and demo/*.toml in a city's folder; files that are not there are no fault."""
    faults: list[Fault] = []
    for path in sorted(folder.glob("surveys/*.toml")):
        table = open_table(folder, f"surveys/{path.name}", faults)
        if table.data:
            _survey(table, city)
            table.finish()
    for name, row_check in _ROWS.items():
        if (folder / "demo" / f"{name}.toml").is_file():
            table = open_table(folder, f"demo/{name}.toml", faults)
            for row in table.tables(name):
                row_check(row, city)
            if name == "news" and "topics" in table.data:
                for row in table.tables("topics"):
                    _topic(row, city)
            table.finish()
    return faults


def _known(row: Reader, key: str, known: Collection[str], what: str) -> None:
    """A key that may be left out, but when there must be one of the city's."""
    value = row.maybe_text(key)
    if value and value not in known:
        row.fault(key, f"{value} is none of the city's {what}")


def _groups(city: City) -> set[str]:
    return {group.key for group in (*city.groups, city.coordination)}


def _days(row: Reader, *keys: str) -> None:
    for key in keys:
        row.whole(key)


def _survey(table: Reader, city: City) -> None:
    for key in ("slug", "title", "intro"):
        table.text(key)
    table.whole("days_open")
    table.whole("opened_days_ago", 0)
    table.flag("sample")
    table.maybe_text("follows")
    table.flag("contact")
    _known(table, "group", _groups(city), "groups")
    if "english" in table.data:
        english = table.table("english")
        for text in english.data:
            english.text(text)
    questions = [_question(question, city) for question in table.tables("questions", required=True)]
    if "answers" in table.data:
        answers = table.table("answers")
        _days(answers, "count", "seed")
        answers.number("no_answer", 0.0)
        shares = answers.table("shares")
        shares.asked.update(questions)


def _question(question: Reader, city: City) -> str:
    kind = question.choice("type", QUESTION_TYPES)
    question.choice("role", ROLES, "none")
    question.text("label")
    question.text("help", "")
    question.text("section", "")
    question.flag("required")
    question.maybe_number("min")
    question.maybe_number("max")
    options = question.texts("options", required=kind in ("single", "multiple"))
    margins = {margin.key: tuple(margin.labels.values()) for margin in city.census}
    _known(question, "margin", margins, "census margins")
    margin = question.data.get("margin")
    if margin in margins and options != margins[margin]:
        question.fault("options", f"differ from the labels of the margin {margin}")
    return question.text("key")


def _news(row: Reader, city: City) -> None:
    for key in ("key", "title", "column", "source", "body"):
        row.text(key)
    row.flag("sample")
    row.flag("pinned")
    row.maybe_text("topic")
    _known(row, "paper", ("groups",), "papers")
    _days(row, "published_days_ago")
    _known(row, "column", {column.key for column in city.news_columns}, "news columns")
    _known(row, "group", _groups(city), "groups")


def _topic(row: Reader, city: City) -> None:
    for key in ("key", "title", "intro"):
        row.text(key)
    _known(row, "group_key", _groups(city), "groups")


def _person(row: Reader, city: City) -> None:
    for key in ("key", "name", "honour_title", "batch_label", "region", "occupation_and_unit", "deeds"):
        row.text(key)
    row.text("award_words", "")
    row.flag("sample")
    _days(row, "batch_year", "batch_no", "days_ago")
    row.whole("unit_count", 1)
    row.choice("category", tuple(category.key for category in city.people_categories))
    row.choice("level", tuple(level.key for level in city.people_levels))
    if len(row.text("one_line")) > 40:
        row.fault("one_line", "must have at most 40 characters")


def _credit(row: Reader, city: City) -> None:
    for key in ("key", "subject_name", "designating_authority", "basis_law", "decision_document_no", "source_url"):
        row.text(key)
    for key in ("uscc", "source_name"):
        row.text(key, "")
    row.flag("sample")
    _days(row, "decision_days_ago", "published_days_ago")
    row.choice("subject_type", SUBJECTS)
    kinds = {kind.key: kind.colour for kind in city.credit_kinds}
    colour, kind = row.choice("colour", ("red", "black")), row.choice("list_kind", tuple(kinds))
    if kinds.get(kind, colour) != colour:
        row.fault("colour", f"must be {kinds[kind]}, the colour of {kind}")
    row.choice("grade", GRADES, None if colour == "black" else "general")
    if len(row.text("reason_summary")) > 200:
        row.fault("reason_summary", "must have at most 200 characters")


def _board(row: Reader, city: City) -> None:
    for key in ("key", "reason"):
        row.text(key)
    row.text("rectification", "")
    row.flag("sample")
    _days(row, "issue_days_ago", "found_days_ago")
    for key in ("due_days_ago", "rectified_days_ago", "score"):
        row.maybe_number(key)
    row.choice("board", ("red", "black"))
    row.choice("status", BOARD_STATES)
    row.text("site")
    _known(row, "site", {site.key for site in city.sites}, "sites")


def _case(row: Reader, city: City) -> None:
    for key in ("key", "text", "channel"):
        row.text(key)
    row.asked.update(_CASE_TEXTS)
    for key in ("public", "urgent", "supervised", "anonymous"):
        row.flag(key)
    row.whole("days_ago")
    row.choice("kind", tuple(kind.key for kind in city.kinds))
    row.text("group")
    _known(row, "group", _groups(city), "groups")
    _known(row, "district", {district.key for district in city.districts}, "districts")
    _known(row, "unit", {unit.key for unit in city.units}, "units")
    _known(row, "decline_reason", {reason.key for reason in city.decline_reasons}, "decline_reasons")
    _known(row, "return_reason", {reason.key for reason in city.return_reasons}, "return_reasons")
    _known(row, "defer_reason", {reason.key for reason in city.defer_reasons}, "defer_reasons")
    if not 1 <= row.whole("grade", 3) <= 5:
        row.fault("grade", "must be 1 to 5")
    # A path may pass a state twice, so it is no list of different words.
    row.asked.add("path")
    path = row.data.get("path")
    if not isinstance(path, list) or path[:1] != ["submitted"]:
        row.fault("path", "must be a list of states that begins with submitted")
        return
    for state in path:
        if state not in STATES:
            row.fault("path", f"{state} is no state of a case")


_CASE_TEXTS = (
    "place", "reply", "solved", "outcome", "comment", "question", "answer", "return_note", "extension_reason",
    "defer_note", "defer_review_days", "decline_note", "transferred_to", "transfer_note", "merged_into",
    "reopen_reason", "reopen_refused", "note",
)  # fmt: skip

_ROWS: dict[str, Callable[[Reader, City], None]] = {
    "news": _news,
    "people": _person,
    "credit": _credit,
    "board": _board,
    "cases": _case,
}
