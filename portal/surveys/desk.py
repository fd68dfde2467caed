"""The desk of surveys: the list, making one, its state, and how it is going."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from portal.core.clock import now
from portal.core.errors import BadInput, NotFound
from portal.core.i18n import gettext as _
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.groups import City
from portal.surveys import fieldwork, publication, queries, service
from portal.surveys.desk_forms import NewSurveyForm, SurveyForm, about
from portal.surveys.faults import find_faults
from portal.surveys.models import STATE_TONES, STATE_WORDS, State, Survey, SurveyExclusion
from portal.surveys.shared import page
from portal.surveys.starters import starter


def desk_page(
    ctx: Ctx, template: str, survey: Survey, *, status: int = 200, fragment: str | None = None, **values: Any
) -> Response:
    """A page about one survey, with its tabs."""
    here = ctx.request.url.path
    tabs = [
        (words, ctx.url(f"surveys:{name}", id=survey.id), here == ctx.url(f"surveys:{name}", id=survey.id))
        for name, words in (
            ("desk_show", _("概况")),
            ("questions", _("题目")),
            ("english", _("英文")),
            ("fieldwork", _("进度")),
            ("texts", _("文字意见")),
            ("analysis", _("分析与公布")),
            ("invitations", _("邀请与海报")),
        )
        if name != "invitations" or ctx.staff.may(Role.ANALYST)
    ]
    return page(
        ctx,
        template,
        status=status,
        fragment=fragment,
        survey=survey,
        tabs=tabs,
        state_word=str(STATE_WORDS[survey.stands]),
        state_tone=STATE_TONES[survey.stands],
        may_change=ctx.staff.may(Role.ANALYST),
        **values,
    )


def desk_index(ctx: Ctx) -> Response:
    """All surveys."""
    state = ctx.query("state") if ctx.query("state") in set(State) else ""
    found = queries.list_surveys(ctx.db, state, ctx.query("after") or None)
    return page(
        ctx,
        "surveys/desk_index.html",
        found=found,
        counts=queries.count_by_survey(ctx.db, found.rows),
        state=state,
        may_make=ctx.staff.may(Role.ANALYST),
        state_words={key.value: str(words) for key, words in STATE_WORDS.items()},
        state_tones={key.value: tone for key, tone in STATE_TONES.items()},
    )


def desk_new(ctx: Ctx) -> Response:
    """Begin a survey."""
    form = NewSurveyForm(None, variant="residents", starter=ctx.query("starter") or "indices").set_city(ctx.city)
    return page(ctx, "surveys/desk_new.html", form=form)


def make(ctx: Ctx) -> Response:
    """Keep the new draft."""
    city: City = ctx.city
    form = NewSurveyForm(ctx.data)
    form.set_city(city)
    if not form.validate():
        return page(ctx, "surveys/desk_new.html", form=form, status=422)
    new = replace(form.to_new_survey(), variant=form.variant_of_starter())
    definition = starter(str(form.starter.data), city, city.find_group(new.group_key))
    try:
        survey = service.make_survey(ctx.db, new, definition, ctx.staff.username)
    except BadInput as refusal:
        form.add_error("slug", refusal.message)
        return page(ctx, "surveys/desk_new.html", form=form, status=422)
    return ctx.redirect("surveys:questions", id=survey.id)


def desk_show(ctx: Ctx) -> Response:
    """One survey: where it stands and what can be done next."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    return desk_page(
        ctx,
        "surveys/desk_show.html",
        survey,
        faults=find_faults(survey.questions) if survey.stands is State.DRAFT else [],
        count=queries.count_answers(ctx.db, survey),
        texts=queries.count_texts(ctx.db, survey),
        successor=queries.find_successor(ctx.db, survey),
        group=ctx.city.find_group(survey.group_key),
        public_url=f"{ctx.settings.base_url}{ctx.url('surveys:show', slug=survey.slug)}",
    )


def edit(ctx: Ctx) -> Response:
    """What the survey says about itself."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    form = SurveyForm(None, **about(survey)).set_city(ctx.city)
    return desk_page(ctx, "surveys/desk_edit.html", survey, form=form)


def change(ctx: Ctx) -> Response:
    """Keep what was changed."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    form = SurveyForm(ctx.data).set_city(ctx.city)
    if not form.validate():
        return desk_page(ctx, "surveys/desk_edit.html", survey, form=form, status=422)
    try:
        service.change_survey(ctx.db, survey, form.to_new_survey())
    except BadInput as refusal:
        form.add_error("slug", refusal.message)
        return desk_page(ctx, "surveys/desk_edit.html", survey, form=form, status=422)
    ctx.flash(_("已保存。"))
    return ctx.redirect("surveys:desk_show", id=survey.id)


def open_(ctx: Ctx) -> Response:
    """Begin to take answers."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    service.open_survey(ctx.db, survey, ctx.staff)
    ctx.flash(_("问卷已经开始，题目从现在起不再改动。"))
    return ctx.redirect("surveys:desk_show", id=survey.id)


def close(ctx: Ctx) -> Response:
    """Take no more answers."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    service.close_survey(ctx.db, survey, ctx.staff)
    ctx.flash(_("问卷已经结束，用来防止重复的盐值已删除。"))
    return ctx.redirect("surveys:desk_show", id=survey.id)


def succeed(ctx: Ctx) -> Response:
    """A new version of the questionnaire."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    draft = service.succeed_survey(ctx.db, survey, ctx.staff)
    ctx.flash(_("这是新版本的草稿，开始时会接替上一版。"))
    return ctx.redirect("surveys:questions", id=draft.id)


def fieldwork_(ctx: Ctx) -> Response:
    """How it is going: answers by day and hour, quotas, what is left out, and bursts."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    definition = survey.questions
    came = fieldwork.list_came(ctx.db, survey)
    invited, used = queries.count_invitations(ctx.db, survey)
    exclusions = queries.list_exclusions(ctx.db, survey)
    waiting = {number for one in exclusions if one.verdict is None for number in one.answer_ids}
    bursts = [burst for burst in fieldwork.find_bursts(came) if not waiting & set(burst.answer_ids)]
    return desk_page(
        ctx,
        "surveys/fieldwork.html",
        survey,
        fragment="live" if ctx.partial else None,
        total=len(came),
        days=fieldwork.by_day(came),
        hours=fieldwork.by_hour(came),
        channels=fieldwork.by_channel(came),
        sites=fieldwork.by_site(ctx.city, came),
        left=fieldwork.left_out(definition, came),
        quotas=fieldwork.fill_quotas(survey, definition, came),
        quota_choices=[
            (f"{question.key}:{value}", f"{number}. {question.label}：{words}")
            for number, question in enumerate(definition, 1)
            if question.kind.value in {"yes_no", "single"}
            for value, words in question.choices()
        ],
        passed=fieldwork.list_passed(ctx.db, survey, len(came)),
        invited=invited,
        used=used,
        at=now(),
        bursts=bursts[:20],
        exclusions=exclusions,
    )


def keep_quota(ctx: Ctx) -> Response:
    """Set or remove one quota."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    key, _colon, value = str(ctx.data.get("answer", "")).partition(":")
    typed = str(ctx.data.get("most", "")).strip()
    question = survey.questions.find(key)
    if question is None or value not in dict(question.choices()) or not typed.isdigit() or len(typed) > 6:
        raise BadInput(_("请选一个答案，并填最多几份。"), _("填 0 为取消这项配额。"))
    kept = [one for one in survey.quotas if (one["question"], one["value"]) != (key, value)]
    if int(typed):
        kept.append({"question": key, "value": value, "most": int(typed)})
    survey.quotas = kept
    ctx.flash(_("配额已保存。"))
    return ctx.redirect("surveys:fieldwork", id=survey.id)


def exclude(ctx: Ctx) -> Response:
    """Propose to leave answers out."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    typed = str(ctx.data.get("answers", ""))[:20000].split(",")
    numbers = {int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 10}
    publication.propose_exclusion(ctx.db, survey, numbers, str(ctx.data.get("reason", "")), ctx.staff)
    ctx.flash(_("已提出，等另一位同事决定。"))
    return ctx.redirect("surveys:fieldwork", id=survey.id)


def decide(ctx: Ctx) -> Response:
    """Decide on a proposal of somebody else."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    typed = ctx.arg("exclusion")
    found = ctx.db.get(SurveyExclusion, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    if found is None or found.survey_id != survey.id:
        raise NotFound(_("没有找到这项申请。"), _("请从“进度”页打开。"))
    publication.decide_exclusion(ctx.db, survey, found, ctx.data.get("verdict") == "excluded", ctx.staff)
    ctx.flash(_("已决定，并记入审计日志。"))
    return ctx.redirect("surveys:fieldwork", id=survey.id)
