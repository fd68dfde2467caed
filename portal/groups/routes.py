"""Doors of groups: the router's desk, its plots, its models, and the blind audit sample."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from portal.core.clock import now, today
from portal.core.errors import Conflict
from portal.core.estimates import percent_text
from portal.core.i18n import gettext as _
from portal.core.plots import svg
from portal.core.roles import Role
from portal.core.web import Ctx, Door, get, post
from portal.groups import performance, plots, queries, reviewing, service, training, views
from portal.groups.city import OTHER, City
from portal.groups.forms import JudgementForm, LabelForm
from portal.groups.models import Prediction
from portal.groups.queries import Line

READERS = (Role.DISPATCHER, Role.ANALYST, Role.SUPERVISOR)
WINDOW = timedelta(days=90)
MONTH = timedelta(days=30)
MOST_COST = 30.0


def _lines(ctx: Ctx) -> list[Line]:
    return queries.list_lines(ctx.db, now() - WINDOW)


def _names(city: City) -> dict[str, str]:
    return {**{group.key: group.short or group.name for group in city.groups}, OTHER: _("不属于任何专项组")}


def router(ctx: Ctx) -> Response:
    """What the router does, how often it is right, and what waits to replace it."""
    lines, names = _lines(ctx), _names(ctx.city)
    live = ctx.portal.router.model()
    challenger = queries.find_challenger(ctx.db)
    current = queries.find_version(ctx.db, live.name) if live else None
    points = performance.coverage_curve(lines)
    return ctx.render(
        "groups/router.html",
        section="router",
        live=live,
        fault=ctx.portal.router.fault,
        challenger=challenger,
        reasons=_reasons(challenger.verdict if challenger else {}, names),
        is_training=training.is_training(ctx.settings.data),
        may_act=ctx.staff.may(Role.SUPERVISOR),
        can_go_back=bool(queries.list_was_live(ctx.db, current.live_at if current else None)),
        version_rows=views.version_rows(queries.list_versions(ctx.db)),
        examples=queries.count_examples(ctx.db),
        doubts=reviewing.count_doubts(ctx.db),
        shares=performance.count_shares(lines),
        bin_rows=views.bin_rows(performance.reliability(lines)),
        point_rows=views.point_rows(points),
        is_judged=any(x.right.value is not None for x in points),
        group_rows=views.group_rows(performance.by_group(lines), names),
        confusions=_confusions(ctx, lines, names),
        weeks=views.week_table(*performance.by_week(lines), names),
        drift_rows=views.drift_rows(performance.word_drift(lines, today())),
        audit=performance.audit(lines),
        card_items=views.card_items,
        share_text=views.share_text,
        estimate_text=views.estimate_text,
        kappa_text=views.kappa_text,
        percent_text=percent_text,
        **_costs(ctx, lines),
    )


def _reasons(verdict: dict[str, Any], names: dict[str, str]) -> list[str]:
    return [performance.name_groups(reason, names) for reason in verdict.get("reasons", ())]


def _confusions(ctx: Ctx, lines: list[Line], names: dict[str, str]) -> list[dict[str, Any]]:
    found = performance.confusions(lines)
    texts = queries.find_texts(ctx.db, [subject for one in found for subject in one.subjects])
    return [
        {
            "said": names.get(one.group, one.group),
            "decided": names.get(one.decided, one.decided),
            "n": one.n,
            "texts": [texts[subject] for subject in one.subjects if subject in texts],
        }
        for one in found
    ]


def _costs(ctx: Ctx, lines: list[Line]) -> dict[str, Any]:
    """Last month with the city's own prices, and with one price for all groups."""
    city: City = ctx.city
    price = _price(ctx.query("wrong"), city.router.wrong_cost / city.router.look_cost)
    month = [line for line in lines if line.at >= now() - MONTH]
    own = city.thresholds()
    threshold = max(0.0, 1.0 - 1.0 / price)
    return {
        "price": price,
        "threshold": threshold,
        "as_it_is": performance.simulate(month, lambda group: own.get(group, 2.0), price),
        "as_asked": performance.simulate(month, lambda _group: threshold, price),
    }


def _price(asked: str, usual: float) -> float:
    try:
        return min(max(float(asked), 1.0), MOST_COST)
    except ValueError:
        return usual


def reliability_plot(ctx: Ctx) -> Response:
    """Said probability against share right, as SVG."""
    return svg(plots.plot_reliability(performance.reliability(_lines(ctx))), is_private=True)


def coverage_plot(ctx: Ctx) -> Response:
    """Coverage against accuracy, as SVG."""
    return svg(plots.plot_coverage(performance.coverage_curve(_lines(ctx))), is_private=True)


def train(ctx: Ctx) -> Response:
    """Train a challenger, after the answer."""
    if training.is_training(ctx.settings.data):
        raise Conflict(_("正在训练候选模型。"), _("通常一两分钟完成，请稍后刷新页面。"))
    if not queries.count_examples(ctx.db):
        raise Conflict(_("还没有人工确认或更正的诉求。"), _("处理一些诉求之后再训练。"))
    ctx.later(training.train_in_background, ctx.portal, ctx.staff.username)
    ctx.flash(_("已开始训练候选模型，通常一两分钟完成，请稍后刷新页面。"))
    return ctx.redirect("groups:router")


def promote(ctx: Ctx) -> Response:
    """Let the challenger go live, when the gate said so."""
    version = service.promote(ctx.db, ctx.portal.router, ctx.staff)
    ctx.flash(_("模型 %(name)s 已上线。") % {"name": version.name})
    return ctx.redirect("groups:router")


def rollback(ctx: Ctx) -> Response:
    """Bring back the model that was live before."""
    version = service.rollback(ctx.db, ctx.portal.router, ctx.staff)
    ctx.flash(_("已退回模型 %(name)s。") % {"name": version.name})
    return ctx.redirect("groups:router")


def audit(ctx: Ctx) -> Response:
    """The next text of the blind sample: nothing on the page says what the router thought."""
    return _audit_page(ctx, None)


def _audit_page(ctx: Ctx, form: JudgementForm | None) -> Response:
    waiting = list(queries.list_open_audit(ctx.db, ctx.secrets, ctx.portal.router, ctx.staff.username))
    if not waiting:
        return ctx.render("groups/audit.html", section="router", form=None, text="", left=0)
    prediction, source = next(
        (one for one in waiting if form is not None and one[0].id == form.prediction.data), waiting[0]
    )
    shown = form or JudgementForm(ctx.city, prediction=prediction.id)
    return ctx.render(
        "groups/audit.html",
        section="router",
        form=shown,
        text=source.public,
        left=len(waiting),
        status=422 if form is not None else 200,
    )


def judge(ctx: Ctx) -> Response:
    """Keep what the second person chose, and show the next text."""
    form = JudgementForm(ctx.city, ctx.data)
    if not form.validate():
        return _audit_page(ctx, form)
    judgement = form.to_judgement()
    prediction = ctx.db.get(Prediction, judgement.prediction)
    if prediction is None:
        raise Conflict(_("这一条不在复核样本里。"), _("请从复核页面选择。"))
    service.judge_blind(ctx.db, ctx.secrets, ctx.portal.router, ctx.staff, prediction, judgement.group)
    ctx.flash(_("已记下，谢谢。"))
    return ctx.redirect("groups:audit")


def labels(ctx: Ctx) -> Response:
    """Labels for training that contradict all others, each beside its text."""
    return _labels_page(ctx, LabelForm(ctx.city))


def _labels_page(ctx: Ctx, form: LabelForm) -> Response:
    return ctx.render(
        "groups/labels.html",
        section="router",
        form=form,
        doubts=reviewing.list_doubts(ctx.db, ctx.staff),
        left=reviewing.count_doubts(ctx.db),
        names=_names(ctx.city),
        status=422 if form.errors else 200,
    )


def review(ctx: Ctx) -> Response:
    """Keep a doubted label or put it right, and go on with the others."""
    form = LabelForm(ctx.city, ctx.data)
    if not form.validate():
        return _labels_page(ctx, form)
    reviewing.review(ctx.db, ctx.staff, *form.to_label())
    left = reviewing.count_doubts(ctx.db)
    ctx.flash(_("已记下，还有 %(left)s 条。") % {"left": left} if left else _("都复核完了，可以重新训练候选模型。"))
    return ctx.redirect("groups:labels" if left else "groups:router")


doors: list[Door] = [
    get("/desk/router", router, READERS),
    get("/desk/router/reliability.svg", reliability_plot, READERS),
    get("/desk/router/coverage.svg", coverage_plot, READERS),
    get("/desk/router/audit", audit, READERS),
    post("/desk/router/audit", judge, READERS, name="audit", limit="600/hour"),
    get("/desk/router/labels", labels, READERS),
    post("/desk/router/labels", review, READERS, name="labels", limit="600/hour"),
    post("/desk/router/train", train, Role.SUPERVISOR, limit="12/hour"),
    post("/desk/router/promote", promote, Role.SUPERVISOR),
    post("/desk/router/rollback", rollback, Role.SUPERVISOR),
]
