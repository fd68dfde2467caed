"""Doors to what was published: the page, its plots, and files for machines and offices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from portal.core.errors import NotFound
from portal.core.estimates import Claim, Verdict, check_claim
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.plots import svg
from portal.core.tables import write_csv, write_xlsx
from portal.core.web import Ctx
from portal.surveys import queries
from portal.surveys.definition import Definition
from portal.surveys.plots import Line, draw, figure_lines, height_of, question_lines, wave_lines
from portal.surveys.public import published
from portal.surveys.shared import page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICT_WORDS = {
    Verdict.REACHED: lazy("达到"),
    Verdict.NOT_REACHED: lazy("没有达到"),
    Verdict.WITHIN_ERROR: lazy("在误差内，不能下结论"),
}
VERDICT_TONES = {Verdict.REACHED: "ok", Verdict.NOT_REACHED: "red", Verdict.WITHIN_ERROR: "warn"}
OVERVIEW, TREND = "0-rates", "0-trend"
"""Names of plots that are no question's: a key begins with a letter."""
CSV_HEAD = (
    "question", "label", "item", "item_label", "n", "count", "share_percent", "low_percent", "high_percent",
    "weighted", "survey", "from", "to",
)  # fmt: skip
DICTIONARY = (
    ("question", "题目代号"),
    ("label", "题目"),
    (
        "item",
        "选项代号，或指标代号：top2 满意及以上，basic_or_better 基本满意及以上，mean 平均，index100 指数；"
        "末尾为 _change 的是和上一期之差",
    ),
    ("item_label", "选项或指标的名称"),
    ("n", "这道题的有效答卷数；“<5”为 1 到 4 份"),
    ("count", "份数；“<5”为 1 到 4 人，“—”为防止推算而不列"),
    ("share_percent", "百分比，或平均数、指数、百分点之差；不足 30 份不列，会泄露不足 5 人的也不列"),
    ("low_percent", "95% 区间下限"),
    ("high_percent", "95% 区间上限"),
    ("weighted", "yes 为按人口结构加权，no 为未加权"),
    ("survey", "问卷代号"),
    ("from", "第一份答卷的日期"),
    ("to", "最后一份答卷的日期"),
)


@dataclass(frozen=True)
class Checked:
    """What a target comes to for one figure. sample: how many answers would decide it; None when none would."""

    label: str
    figure: str
    share_text: str
    interval_text: str
    n: int
    verdict: Verdict
    word: str
    tone: str
    sample: int | None


def read_target(typed: str) -> float | None:
    """A target as typed ("99", "99%", "99.5 ％") as a share, or None when it is none."""
    plain = typed.strip().rstrip("%％").strip()
    try:
        value = float(plain) / 100
    except ValueError:
        return None
    return value if 0 < value < 1 else None


def check_claims(rows: Sequence[Mapping[str, Any]], target: float) -> list[Checked]:
    """The target held against every published rate."""
    found = []
    for row in rows:
        for figure in row["figures"]:
            if figure["is_share"] and figure["base"]:
                count = min(figure["count"], figure["base"])
                effective = row["effective"] if row["effective"] < figure["base"] else None
                found.append(_checked(row, figure, check_claim(count, figure["base"], target, effective)))
        for figure in row.get("bounded", ()):
            least, most = (check_claim(figure[end], figure["base"], target) for end in ("least", "most"))
            # Whatever the hidden count is: only what holds at both ends is said.
            verdict = least.verdict if least.verdict is most.verdict else Verdict.WITHIN_ERROR
            found.append(_checked(row, figure, replace(least, verdict=verdict)))
    return found


def _checked(row: Mapping[str, Any], figure: Mapping[str, Any], claim: Claim) -> Checked:
    return Checked(
        label=row["label"],
        figure=figure["label"],
        share_text=figure["share_text"],
        interval_text=figure["interval_text"],
        n=round(figure["base"]),
        verdict=claim.verdict,
        word=str(VERDICT_WORDS[claim.verdict]),
        tone=VERDICT_TONES[claim.verdict],
        sample=claim.sample_to_decide,
    )


def results(ctx: Ctx) -> Response:
    """The published result."""
    survey, payload = published(ctx)
    typed = ctx.query("target")
    target = read_target(typed)
    result = queries.find_result(ctx.db, survey)
    return page(
        ctx,
        "surveys/results.html",
        survey=survey,
        say=_speaker(payload),
        payload=payload,
        published_at=result.published_at if result else None,
        note=payload["note"],
        has_plots=True,
        heights={name: height_of(lines) for name, lines in _plots(payload, _speaker(payload)).items()},
        sentences={row["key"]: _sentence(row, _speaker(payload)) for row in payload["questions"]},
        typed=typed,
        target=target,
        checked=check_claims(payload["questions"], target) if target else [],
    )


def _speaker(payload: Mapping[str, Any]) -> Callable[[str], str]:
    """How to say the words of a result that was published, in the reader's language."""
    return Definition(english=payload.get("english", {})).say


def _sentence(row: Mapping[str, Any], say: Callable[[str], str]) -> str:
    """What the plot says, in one sentence."""
    if not row["has_percent"]:
        return _("有效答卷 %(n)s 份，不足 30 份，不报百分比。") % {"n": row["n_text"]}
    told = [cell for cell in row["cells"] if cell["share"] is not None]
    if not told:
        return _("有效答卷 %(n)s 份。") % {"n": row["n_text"]}
    top = max(told, key=lambda cell: cell["share"])
    return _("最多的是“%(label)s”，%(share)s（95%% 区间 %(interval)s，n=%(n)s）。") % {
        "label": say(top["label"]),
        "share": top["share_text"],
        "interval": top["interval_text"],
        "n": row["n_text"],
    }


def results_json(ctx: Ctx) -> Response:
    """The same for machines."""
    _survey, payload = published(ctx)
    dictionary = {name: _(text) for name, text in DICTIONARY}
    return ctx.json({**payload, "sampling": _("自愿参与样本，不代表全体市民"), "dictionary": dictionary})


def _rows(payload: Mapping[str, Any]) -> list[list[Any]]:
    tail = ["yes" if payload["weighting"] else "no", payload["survey"], payload["from"], payload["to"]]
    rows = []
    for row in payload["questions"]:
        head = [row["key"], row["label"]]
        for cell in row["cells"]:
            shares = [_percent(cell["share"]), _percent(cell["low"]), _percent(cell["high"])]
            rows.append([*head, cell["value"], cell["label"], row["n_text"], cell["count_text"], *shares, *tail])
        for figure in row["figures"]:
            names = ("share", "low", "high") if figure["is_share"] else ("value", "low", "high")
            shares = [_percent(figure[name]) if figure["is_share"] else figure[name] for name in names]
            rows.append([*head, figure["key"], figure["label"], row["n_text"], "", *shares, *tail])
        for figure in row.get("bounded", ()):
            ends = [_percent(figure["low"]), _percent(figure["high"])]
            rows.append([*head, figure["key"], figure["label"], row["n_text"], "", "", *ends, *tail])
    for series in payload.get("waves", ()):
        key, _dot, figure = series["key"].rpartition(".")
        change, label = series["change"], _("%(figure)s：比上一期（百分点）") % {"figure": series["figure"]}
        shares = [change["value"], change["low"], change["high"]]
        rows.append([key, series["label"], f"{figure}_change", label, "", "", *shares, *tail])
    return rows


def _percent(share: float | None) -> float | str:
    return "" if share is None else round(share * 100, 1)


def _named(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def results_csv(ctx: Ctx) -> Response:
    """The same for spreadsheets; `?dictionary=1` gives what each column means."""
    survey, payload = published(ctx)
    if ctx.query("dictionary"):
        content = write_csv((_("列名"), _("含义")), [(name, _(text)) for name, text in DICTIONARY])
        return _named(Response(content, media_type="text/csv; charset=utf-8"), f"{survey.slug}-dictionary.csv")
    return _named(
        Response(write_csv(CSV_HEAD, _rows(payload)), media_type="text/csv; charset=utf-8"), f"{survey.slug}.csv"
    )


def results_xlsx(ctx: Ctx) -> Response:
    """The same for offices."""
    survey, payload = published(ctx)
    head = [_("题目代号"), _("题目"), _("代号"), _("选项或指标"), _("有效答卷"), _("份数"), _("百分比或数值")]
    head += [_("95% 区间下限"), _("95% 区间上限"), _("是否加权"), _("问卷代号"), _("开始"), _("结束")]
    return _named(Response(write_xlsx(head, _rows(payload), _("结果")), media_type=XLSX), f"{survey.slug}.xlsx")


def plot(ctx: Ctx) -> Response:
    """One question as bars; under a name that no question has, all rates as points, or the trend."""
    _survey, payload = published(ctx)
    say, name = _speaker(payload), ctx.arg("key")
    lines = _plots(payload, say).get(name)
    if lines is None:
        raise NotFound(_("没有这张图。"), _("请从结果页查看。"))
    return svg(draw(lines, say(payload["title"]), _("答卷太少，不画图"), name in {OVERVIEW, TREND}))


def _plots(payload: Mapping[str, Any], say: Callable[[str], str]) -> dict[str, list[Line]]:
    """The lines of every plot by its name."""
    plots = {row["key"]: question_lines(row, say) for row in payload["questions"] if row["cells"]}
    plots[OVERVIEW] = figure_lines(payload["questions"], say)
    plots[TREND] = wave_lines(payload.get("waves", ()), say)
    return plots
