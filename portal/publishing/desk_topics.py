"""The desk of the topics: list, one form, and the second person's consent."""

from starlette.responses import Response

from portal.core.forms import row_number, text
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.publishing import queries, topics
from portal.publishing.forms import TopicForm
from portal.publishing.models import NewsTopic


def _topic(ctx: Ctx) -> NewsTopic:
    return queries.get_topic_for_desk(ctx.db, row_number(ctx.arg("topic_id"), _("没有这个专题。")))


def _page(ctx: Ctx, form: TopicForm, topic: NewsTopic | None, status: int = 200) -> Response:
    form.set_choices(ctx.city)
    return ctx.render(
        "publishing/desk_topics.html",
        status=status,
        form=form,
        topic=topic,
        topics=[(one, topics.why_not_topic(one, ctx.staff)) for one in queries.list_topics(ctx.db)],
    )


def desk_topics(ctx: Ctx) -> Response:
    """Every topic, and the form of a new one."""
    return _page(ctx, TopicForm(), None)


def desk_topic(ctx: Ctx) -> Response:
    """One topic, to change."""
    topic = _topic(ctx)
    return _page(ctx, TopicForm(obj=topic, group=topic.group_key or ""), topic)


def open_topic(ctx: Ctx) -> Response:
    """Keep a new topic."""
    return _save(ctx, None)


def save_topic(ctx: Ctx) -> Response:
    """Keep a changed topic."""
    return _save(ctx, _topic(ctx))


def _save(ctx: Ctx, topic: NewsTopic | None) -> Response:
    form = TopicForm(ctx.data)
    form.set_choices(ctx.city)
    if topic is not None:
        form.key.process_data(topic.key)
        form.key.raw_data = [topic.key]
    is_valid = form.validate()
    if is_valid and topic is None and queries.find_topic(ctx.db, text(form.key)):
        form.add_error("key", _("这个网址已经用过，请换一个。"))
    if form.errors:
        return _page(ctx, form, topic, 422)
    topics.save_topic(ctx.db, topic, form.to_topic(), ctx.staff)
    ctx.flash(_("专题已保存，请另一位同事确认后公开。"))
    return ctx.redirect("publishing:desk_topics")


def approve_topic(ctx: Ctx) -> Response:
    """Agree to a topic as another person."""
    topics.approve_topic(ctx.db, _topic(ctx), ctx.staff)
    ctx.flash(_("专题已公开。"))
    return ctx.redirect("publishing:desk_topics")
