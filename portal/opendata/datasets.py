"""What is given away: each data set with its dictionary and its rows, public things only, some rows at a time.

Nothing is given that a page does not show to everybody. Entries of the credit lists about natural persons are left
out: a list to copy would outlive the end that the law sets for them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.cases import OUTCOME_WORDS, Case, Outcome, State, state_name
from portal.core.clock import local, now
from portal.core.i18n import lazy
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


@dataclass(frozen=True)
class Dataset:
    """A table to download. fields: name → meaning, in the order of the columns; rows: parts of the table in turn."""

    name: str
    title: str
    about: str
    fields: Mapping[str, str]
    parts: Callable[[Portal], Iterator[Sequence[Row]]]


def rows_of(dataset: Dataset, portal: Portal) -> Iterator[Sequence[Row]]:
    """The rows in parts, at most MOST in all."""
    left = MOST
    for part in dataset.parts(portal):
        yield part[:left]
        left -= len(part)
        if left <= 0:
            return


def _cases(portal: Portal) -> Iterator[Sequence[Row]]:
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


def _news(portal: Portal) -> Iterator[Sequence[Row]]:
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


def _people(portal: Portal) -> Iterator[Sequence[Row]]:
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


def _credit(portal: Portal) -> Iterator[Sequence[Row]]:
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


def _surveys(portal: Portal) -> Iterator[Sequence[Row]]:
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


def _survey_figures(portal: Portal) -> Iterator[Sequence[Row]]:
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


SAMPLE = {"is_sample": lazy("是否演示数据（示例）")}
URL = {"url": lazy("网页地址")}

DATASETS = (
    Dataset(
        "cases",
        lazy("公开诉求"),
        lazy("经反映人同意公开、已隐去个人信息的诉求和答复，最新的在前。"),
        {
            "case_no": lazy("受理编号"),
            "kind": lazy("类型：complaint 投诉、help_request 求助、suggestion 建议、inquiry 咨询、commendation 表扬"),
            "group": lazy("专项组代号"),
            "district": lazy("所在区代号"),
            "text": lazy("反映的内容（已隐去个人信息）"),
            "place": lazy("地点（已隐去门牌）"),
            "lat": lazy("纬度，保留三位小数，约百米"),
            "lng": lazy("经度，保留三位小数，约百米"),
            "state": lazy("状态代号"),
            "state_name": lazy("状态"),
            "outcome": lazy("结果代号"),
            "outcome_name": lazy("结果"),
            "submitted_on": lazy("提交日期"),
            "due_on": lazy("承诺答复日期"),
            "first_contact_on": lazy("首次联系反映人的日期"),
            "resolved_on": lazy("办结日期"),
            "unit": lazy("承办单位"),
            "reply": lazy("答复（公开部分）"),
            "support_count": lazy("附议人数"),
            **SAMPLE,
            **URL,
        },
        _cases,
    ),
    Dataset(
        "news",
        lazy("创建动态"),
        lazy("已发布的创建动态目录；已撤下的不在其中。"),
        {
            "slug": lazy("网址中的代号"),
            "title": lazy("标题"),
            "column": lazy("栏目代号"),
            "group": lazy("相关专项组代号"),
            "summary": lazy("摘要"),
            "source": lazy("来源"),
            "published_on": lazy("发布日期"),
            **SAMPLE,
            **URL,
        },
        _news,
    ),
    Dataset(
        "people",
        lazy("身边好人"),
        lazy("正在展示的好人名录；称号撤销或本人不愿公开的不在其中。"),
        {
            "slug": lazy("网址中的代号"),
            "name": lazy("姓名或群体名称"),
            "category": lazy("类别代号"),
            "level": lazy("层级代号"),
            "honour_title": lazy("称号"),
            "batch": lazy("批次"),
            "region": lazy("地区"),
            "one_line": lazy("一句话事迹"),
            "unit_count": lazy("集体人数（个人为 1）"),
            "published_on": lazy("发布日期"),
            **SAMPLE,
            **URL,
        },
        _people,
    ),
    Dataset(
        "credit",
        lazy("诚信红黑榜"),
        lazy(
            "正在公示的单位条目。公示期满、已修复、核实中的不在其中；自然人条目不提供批量下载。请勿在公示期满后继续传播。"
        ),
        {
            "entry_no": lazy("条目编号"),
            "colour": lazy("red 红榜、black 黑榜"),
            "list_kind": lazy("名单种类代号"),
            "field": lazy("领域"),
            "subject_name": lazy("主体名称"),
            "uscc": lazy("统一社会信用代码"),
            "designating_authority": lazy("认定单位"),
            "decision_document_no": lazy("决定文书号"),
            "decision_date": lazy("决定日期"),
            "reason": lazy("事由"),
            "grade": lazy("程度：minor 轻微、general 一般、serious 严重；红榜为空"),
            "published_on": lazy("公示开始日期"),
            "public_until": lazy("公示截止日期"),
            **SAMPLE,
            **URL,
        },
        _credit,
    ),
    Dataset(
        "surveys",
        lazy("满意度结果"),
        lazy("已公布结果的问卷目录；每份的分题结果连同区间在所列地址下载。"),
        {
            "slug": lazy("网址中的代号"),
            "title": lazy("问卷名称"),
            "group": lazy("相关专项组代号"),
            "opened_on": lazy("开始日期"),
            "closed_on": lazy("结束日期"),
            "answers": lazy("收到的答卷数"),
            "is_invited": lazy("是否只有受邀者能答"),
            **SAMPLE,
            "results_csv": lazy("分题结果（CSV）"),
            "results_json": lazy("分题结果（JSON）"),
            **URL,
        },
        _surveys,
    ),
    Dataset(
        "survey_figures",
        lazy("满意度各项比例"),
        lazy("已公布的每份问卷、每道题的各项比例，连同样本量和 95% 区间。自愿参与的样本不代表全体市民。"),
        {
            "survey": lazy("问卷代号"),
            "question": lazy("题目代号"),
            "question_text": lazy("题目"),
            "figure": lazy("指标代号：top2 满意及以上，basic_or_better 基本满意及以上，awareness 知晓率等"),
            "figure_text": lazy("指标"),
            "n": lazy("有效答卷数"),
            "share": lazy("比例，0–1"),
            "low": lazy("95% 区间下限，0–1"),
            "high": lazy("95% 区间上限，0–1"),
            "is_weighted": lazy("是否按人口结构加权"),
            "is_invited": lazy("是否只有受邀者能答；否即自愿参与样本"),
            "first_on": lazy("第一份答卷的日期"),
            "last_on": lazy("最后一份答卷的日期"),
            **SAMPLE,
            **URL,
        },
        _survey_figures,
    ),
)


def find_dataset(name: str) -> Dataset | None:
    """The data set of this name."""
    return next((one for one in DATASETS if one.name == name), None)


def parts_of(dataset: Dataset, portal: Portal) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows in parts, as lists of cells in the order of the dictionary."""
    names = list(dataset.fields)
    return ([[row[name] for name in names] for row in part] for part in rows_of(dataset, portal))
