"""The rows of the open data: public things as flat records, read some at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from portal.cases import OUTCOME_WORDS, Case, Outcome, State, state_name
from portal.core.clock import local, now
from portal.core.paging import list_page
from portal.core.web import Portal
from portal.credit import CreditEntry, find_public_entries
from portal.groups import City
from portal.people import GoodPerson, list_all_people
from portal.publishing import News, list_all_news
from portal.surveys import count_by_survey, list_published, list_results

MOST = 50_000
PAGE = 500
Row = dict[str, Any]


def cases_rows(portal: Portal) -> Iterator[Sequence[Row]]:
    """Cases that everybody may read, newest first."""
    # The list of cases in its own slice loads what a list shows; a table has more columns.
    query = select(Case).where(Case.public_from <= now(), Case.is_hidden.is_(False))
    keys = [Case.public_from, Case.id]
    after: str | None = None
    for number in range(MOST // PAGE):
        if number and after is None:
            return
        # A session for each part: a slow reader holds no transaction open.
        with portal.database.read() as db:
            page = list_page(db, query, keys, lambda case: [case.public_from, case.id], after, PAGE)
        yield [_case(portal, case) for case in page.rows]
        after = page.after


def _case(portal: Portal, case: Case) -> Row:
    city: City = portal.city
    return {
        "case_no": case.case_no,
        "kind": case.kind,
        "group": case.group,
        "district": case.district or "",
        "text": case.text_public,
        "place": case.place_public,
        # Three decimals are about a hundred metres: the street, not the door.
        "lat": round(case.lat, 3) if case.lat is not None else None,
        "lng": round(case.lng, 3) if case.lng is not None else None,
        "state": case.state,
        "state_name": state_name(city, State(case.state)),
        "outcome": case.outcome or "",
        "outcome_name": str(OUTCOME_WORDS[Outcome(case.outcome)]) if case.outcome else "",
        "submitted_on": local(case.submitted_at).date(),
        "due_on": case.due_on,
        "first_contact_on": local(case.first_contact_at).date() if case.first_contact_at else None,
        "resolved_on": local(case.resolved_at).date() if case.resolved_at else None,
        "unit": unit.name if (unit := city.find_unit(case.unit)) else "",
        "reply": case.reply_public,
        "support_count": case.support_count,
        "is_sample": case.is_sample,
        "url": f"{portal.settings.base_url}/cases/{case.case_no}",
    }


def news_rows(portal: Portal) -> Iterator[Sequence[Row]]:
    """Public news."""
    with portal.database.read() as db:
        found = list_all_news(db, 10_000)
    yield [_item(portal, news) for news in found]


def _item(portal: Portal, news: News) -> Row:
    return {
        "slug": news.slug,
        "title": news.title,
        "column": news.column,
        "group": news.group_key or "",
        "summary": news.summary,
        "source": news.source,
        "published_on": local(news.piece.published_at).date() if news.piece.published_at else None,
        "is_sample": news.is_sample,
        "url": f"{portal.settings.base_url}{news.path}",
    }


def people_rows(portal: Portal) -> Iterator[Sequence[Row]]:
    """Public profiles."""
    with portal.database.read() as db:
        found = list_all_people(db, 10_000)
    yield [_person(portal, person) for person in found]


def _person(portal: Portal, person: GoodPerson) -> Row:
    return {
        "slug": person.slug,
        "name": person.name,
        "category": person.category,
        "level": person.level,
        "honour_title": person.honour_title,
        "batch": person.batch_label,
        "region": person.region,
        "one_line": person.one_line,
        "unit_count": person.unit_count,
        "published_on": local(person.piece.published_at).date() if person.piece.published_at else None,
        "is_sample": person.is_sample,
        "url": f"{portal.settings.base_url}{person.path}",
    }


def credit_rows(portal: Portal) -> Iterator[Sequence[Row]]:
    """Credit entries on show, natural persons left out."""
    with portal.database.read() as db:
        found = find_public_entries(db, 10_000)
    yield [_entry(portal, entry) for entry in found if entry.subject_type != "natural_person"]


def _entry(portal: Portal, entry: CreditEntry) -> Row:
    return {
        "entry_no": entry.entry_no,
        "colour": entry.colour,
        "list_kind": entry.list_kind,
        "field": entry.field,
        "subject_name": entry.subject_name,
        "uscc": entry.uscc,
        "designating_authority": entry.designating_authority,
        "decision_document_no": entry.decision_document_no or "",
        "decision_date": entry.decision_date,
        "reason": entry.reason_summary,
        "grade": entry.grade,
        "published_on": entry.published_on,
        "public_until": entry.publish_max_until,
        "is_sample": entry.is_sample,
        "url": f"{portal.settings.base_url}{entry.path}",
    }


def surveys_rows(portal: Portal) -> Iterator[Sequence[Row]]:
    """Questionnaires that are or were open."""
    base = portal.settings.base_url
    with portal.database.read() as db:
        found = list_published(db, 1000)
        counts = count_by_survey(db, found)
    yield [
        {
            "slug": survey.slug,
            "title": survey.title,
            "group": survey.group_key or "",
            "opened_on": local(survey.opened_at).date() if survey.opened_at else None,
            "closed_on": local(survey.closed_at).date() if survey.closed_at else None,
            "answers": counts.get(survey.id, 0),
            "is_invited": survey.is_invited,
            "is_sample": survey.is_sample,
            "results_csv": f"{base}/surveys/{survey.slug}/results.csv",
            "results_json": f"{base}/surveys/{survey.slug}/results.json",
            "url": f"{base}/surveys/{survey.slug}/results",
        }
        for survey in found
    ]


def survey_figures_rows(portal: Portal) -> Iterator[Sequence[Row]]:
    """Each share of each published result."""
    with portal.database.read() as db:
        found = list_results(db)
    for survey, result in found:
        yield [
            {
                "survey": survey.slug,
                "question": row["key"],
                "question_text": row["label"],
                "figure": figure["key"],
                "figure_text": figure["label"],
                "n": row["n"],
                "share": figure["share"],
                "low": figure["low"],
                "high": figure["high"],
                "is_weighted": result.payload["weighting"] is not None,
                "is_invited": survey.is_invited,
                "first_on": result.payload["from"],
                "last_on": result.payload["to"],
                "is_sample": survey.is_sample,
                "url": f"{portal.settings.base_url}/surveys/{survey.slug}/results",
            }
            for row in result.payload.get("questions", ())
            for figure in row["figures"]
            if figure["is_share"]
        ]
