"""What is given away: each data set with its dictionary and its rows, public things only, some rows at a time.

Nothing is given that a page does not show to everybody. Entries of the credit lists about natural persons are left
out: a list to copy would outlive the end that the law sets for them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.i18n import lazy
from portal.core.web import Portal
from portal.opendata.rows import (
    MOST,
    Row,
    cases_rows,
    credit_rows,
    news_rows,
    people_rows,
    survey_figures_rows,
    surveys_rows,
)


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
        cases_rows,
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
        news_rows,
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
        people_rows,
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
        credit_rows,
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
        surveys_rows,
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
        survey_figures_rows,
    ),
)


def find_dataset(name: str) -> Dataset | None:
    """The data set of this name."""
    return next((one for one in DATASETS if one.name == name), None)


def parts_of(dataset: Dataset, portal: Portal) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows in parts, as lists of cells in the order of the dictionary."""
    names = list(dataset.fields)
    return ([[row[name] for name in names] for row in part] for part in rows_of(dataset, portal))
