"""The desk's view of results: figures, weights, targets, waves; open answers; and publishing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core import audit
from portal.core.errors import BadInput, Refusal
from portal.core.estimates import Difference, difference
from portal.core.i18n import gettext as _
from portal.core.tables import write_xlsx
from portal.core.web import Ctx
from portal.groups import City
from portal.surveys import queries
from portal.surveys.definition import OPEN, Definition, Kind
from portal.surveys.desk import desk_page
from portal.surveys.models import State, Survey, SurveyText
from portal.surveys.publication import CROSSED, Choice, draw_up, publish_result, withdraw_result
from portal.surveys.results import XLSX, check_claims, read_target
from portal.surveys.sorting import common_phrases, heap_texts, sort_texts, topic_words
from portal.surveys.tally import tabulate
from portal.surveys.weighing import weigh

_DECISIONS = {"show": "shown", "hide": "hidden", "wait": "pending"}


@dataclass(frozen=True)
class Change:
    """One figure in two waves."""

    label: str
    figure: str
    before: float
    after: float
    difference: Difference


def analysis(ctx: Ctx) -> Response:
    """Everything to decide on before publishing, drawn up as it would be published."""
    city: City = ctx.city
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    return _analysis_page(ctx, city, survey)


def _analysis_page(ctx: Ctx, city: City, survey: Survey, refusal: Refusal | None = None) -> Response:
    definition = survey.questions
    answers = queries.list_values(ctx.db, survey)
    weighing = weigh(city, definition, answers)
    is_weighted = bool(ctx.query("weighted")) and weighing.weights is not None
    keys = frozenset(question.key for question in definition)
    target = read_target(ctx.query("target"))
    others = queries.list_other_waves(ctx.db, survey)
    other = next((one for one in others if str(one.id) == ctx.query("wave")), None)
    wave = other.slug if other is not None else ""
    payload = draw_up(ctx.db, city, survey, Choice(keys, is_weighted, ctx.query("by"), wave=wave))
    return desk_page(
        ctx,
        "surveys/analysis.html",
        survey,
        payload=payload,
        sentences={
            row["key"]: _("%(question)s：有效答卷 %(n)s 份") % {"question": row["label"], "n": row["n_text"]}
            for row in payload["questions"]
        },
        published_at=None,
        has_plots=False,
        note="",
        is_weighted=is_weighted,
        weighing=weighing,
        typed=ctx.query("target"),
        target=target,
        checked=check_claims(payload["questions"], target) if target else [],
        others=others,
        other=other,
        changes=compare(ctx.db, city, other, survey, is_weighted) if other else [],
        definition=definition,
        traits=[question for question in definition if question.kind is Kind.SINGLE and question.margin],
        by=ctx.query("by"),
        crossed={kind.value for kind in CROSSED},
        open_kinds={kind.value for kind in OPEN},
        refusal=refusal,
        status=refusal.status if refusal else 200,
    )


def compare(db: Session, city: City, earlier: Survey, later: Survey, is_weighted: bool) -> list[Change]:
    """Every rate that both waves have under the same key, with the difference and its interval.

    A wave whose weights are refused is compared unweighted.
    """
    before, after = (_rates(db, city, wave, is_weighted) for wave in (earlier, later))
    changes = []
    for key, (label, figure, count, base) in after.items():
        if key in before:
            _label, _figure, count_then, base_then = before[key]
            found = difference((count_then, base_then), (count, base))
            changes.append(Change(label, figure, count_then / base_then, count / base, found))
    return changes


def _rates(
    db: Session, city: City, survey: Survey, is_weighted: bool
) -> Mapping[tuple[str, str], tuple[str, str, float, float]]:
    """Rates by question and figure as (label, figure, count, base), on the effective size when weighted."""
    definition: Definition = survey.questions
    answers = queries.list_values(db, survey)
    weights = weigh(city, definition, answers).weights if is_weighted else None
    found = {}
    for tally in tabulate(definition, answers, weights.values if weights else None):
        for figure in tally.figures:
            share = figure.share
            if share is not None and share.value is not None and tally.n >= 30:
                count = min(share.value * tally.effective, tally.effective)
                found[tally.key, figure.key] = (tally.label, figure.label, count, tally.effective)
    return found


def publish(ctx: Ctx) -> Response:
    """Freeze and publish."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    choice = Choice(
        questions=frozenset(str(key) for key in ctx.data.getlist("questions")),
        is_weighted=bool(ctx.data.get("weighted")),
        by=str(ctx.data.get("by", "")),
        note=str(ctx.data.get("note", "")).strip()[:300],
        wave=str(ctx.data.get("wave", ""))[:80],
    )
    try:
        publish_result(ctx.db, ctx.city, survey, choice, ctx.staff)
    except BadInput as refusal:
        return _analysis_page(ctx, ctx.city, survey, refusal)
    ctx.flash(_("结果已经公布。"))
    return ctx.redirect("surveys:results", slug=survey.slug)


def withdraw(ctx: Ctx) -> Response:
    """Take the published result back."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    withdraw_result(ctx.db, survey, str(ctx.data.get("reason", "")), ctx.staff)
    ctx.flash(_("结果已经撤下。"))
    return ctx.redirect("surveys:desk_show", id=survey.id)


def texts(ctx: Ctx) -> Response:
    """Open answers: to be looked at one by one, sorted by group and topic, with the phrases that come most often."""
    city: City = ctx.city
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    state = ctx.query("state") if ctx.query("state") in {"pending", "shown", "hidden"} else ""
    found = queries.list_texts(ctx.db, survey, state, ctx.query("after") or None)
    every = ctx.db.scalars(select(SurveyText.text_public).where(SurveyText.survey_id == survey.id).limit(3000)).all()
    return desk_page(
        ctx,
        "surveys/texts.html",
        survey,
        found=found,
        heaps=heap_texts(city, found.rows, topic_words(ctx.settings.content_dir)),
        counts=queries.count_texts(ctx.db, survey),
        phrases=common_phrases(every),
        state=state,
        willing=queries.list_willing_texts(ctx.db, survey),
        labels={question.key: question.label for question in survey.questions},
    )


def moderate(ctx: Ctx) -> Response:
    """Let texts pass, or keep them back."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    state = _DECISIONS.get(str(ctx.data.get("decision", "")))
    typed = [str(one) for one in ctx.data.getlist("texts")]
    numbers = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 10]
    if state is None or not numbers:
        raise BadInput(_("请先勾选意见，再选择公开或不公开。"), _("返回上一页勾选。"))
    chosen = select(SurveyText).where(SurveyText.survey_id == survey.id, SurveyText.id.in_(numbers[:200]))
    found = ctx.db.scalars(chosen).all()
    for text in found:
        text.state, text.decided_by = state, ctx.staff.username
    audit.record(ctx.db, ctx.staff, f"survey.text_{state}", f"survey {survey.slug}", texts=len(found))
    ctx.flash(_("已处理 %(count)s 条。") % {"count": len(found)})
    return ctx.redirect("surveys:texts", id=survey.id, state=ctx.data.get("state") or None)


def sort(ctx: Ctx) -> Response:
    """Sort new open answers now."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    if ctx.portal.router.model() is None:
        ctx.flash(_("派单模型还没有准备好，暂时不能归类。"), "warn")
    else:
        count = sort_texts(ctx.db, ctx.portal, survey)
        ctx.flash(_("新归类 %(count)s 条。") % {"count": count})
    return ctx.redirect("surveys:texts", id=survey.id)


def export(ctx: Ctx) -> Response:
    """Every answer that counts, without open answers, times of day and addresses, for the statistician's own tools."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    if survey.stands in {State.DRAFT, State.OPEN}:
        raise BadInput(_("问卷还没有结束。"), _("结束后才能导出答卷，以免中途的数影响判断。"))
    definition = survey.questions
    weighing = weigh(ctx.city, definition, answers := queries.list_values(ctx.db, survey))
    head, columns = [_("序号")], []
    for number, question in enumerate(definition, 1):
        if question.kind not in OPEN:
            columns.append(question)
            head.append(f"{number}. {question.label}")
    rows: list[list[Any]] = []
    # The order tells who came when, so rows are sorted by what they say.
    order = sorted(range(len(answers)), key=lambda place: repr(sorted(answers[place].items())))
    for number, place in enumerate(order, 1):
        row: list[Any] = [number, *(_told(question, answers[place].get(question.key)) for question in columns)]
        rows.append([*row, float(weighing.weights.values[place])] if weighing.weights else row)
    if weighing.weights:
        head.append(_("权重"))
    response = Response(write_xlsx(head, rows, _("答卷")), media_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{survey.slug}-answers.xlsx"'
    return response


def _told(question: Any, value: Any) -> Any:
    words = {**dict(question.choices()), "0": _("不了解")}
    if isinstance(value, list):
        return _("；").join(words.get(str(one), str(one)) for one in value)
    if isinstance(value, dict):
        rows = {name.rpartition(".")[2]: label for name, label in question.row_keys()}
        return _("；").join(f"{rows.get(key, key)}={words.get(grade, grade)}" for key, grade in value.items())
    return value if question.kind is Kind.NUMBER or value is None else words.get(str(value), str(value))
