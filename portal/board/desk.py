"""The desk of the board: issues composed, reviewed, published."""

from typing import Any

from starlette.responses import Response

from portal.board import issues, queries
from portal.board.forms import IssueForm
from portal.board.models import BoardIssue
from portal.board.public import parts_of, words_of
from portal.core.clock import today
from portal.core.errors import Forbidden
from portal.core.forms import row_number, text
from portal.core.i18n import gettext as _
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.editorial import (
    EditClash,
    Kind,
    changes_from,
    keep_edit,
    list_awaiting,
    list_pieces,
    make_panel,
    newest_revision,
    open_remarks,
)

WRITING = (Role.EDITOR, Role.REVIEWER, Role.SUPERVISOR)
STATUSES = ("", "found", "notified", "rectifying", "rectified", "verified", "overdue")


def number_of(ctx: Ctx, name: str) -> int:
    """A number in the path; raise NotFound for anything that cannot be one."""
    return row_number(ctx.arg(name), _("没有这条记录。"))


def desk_index(ctx: Ctx) -> Response:
    """Findings by status, issues and what waits; a unit's or group's staff see their own findings only."""
    is_writer = ctx.staff.may(*WRITING)
    status = ctx.query("status") if ctx.query("status") in STATUSES else ""
    return ctx.render(
        "board/desk_index.html",
        findings=queries.list_findings(
            ctx.db, status, person=None if is_writer else ctx.staff, after=ctx.query("after") or None
        ),
        issues=list_pieces(ctx.db, Kind.BOARD, size=6).rows if is_writer else [],
        awaiting=[p for p in list_awaiting(ctx.db, ctx.staff) if p.kind == Kind.BOARD] if is_writer else [],
        is_writer=is_writer,
        chosen=status,
        **words_of(ctx.city),
    )


def _issue(ctx: Ctx) -> BoardIssue:
    return queries.get_issue_for_desk(ctx.db, number_of(ctx, "issue_id"))


def desk_show(ctx: Ctx) -> Response:
    """One issue as readers will see it, with its reviews."""
    issue = _issue(ctx)
    return ctx.render("board/desk_show.html", issue=issue, panel=make_panel(ctx, issue.piece), **parts_of(ctx, issue))


def _editor(ctx: Ctx, form: IssueForm, issue: BoardIssue | None, status: int = 200, **extra: Any) -> Response:
    form.set_choices(list(queries.list_choosable(ctx.db, issue)))
    shown = {"clash": None, "changes": {}, "remarks": open_remarks(ctx.db, issue.piece) if issue else None, **extra}
    return ctx.render("board/desk_edit.html", status=status, form=form, issue=issue, **shown)


def desk_new(ctx: Ctx) -> Response:
    """An empty composition of this month."""
    day = today()
    title = _("%(year)s年%(month)s月创建红黑榜") % {"year": day.year, "month": day.month}
    return _editor(ctx, IssueForm(period="month", year=day.year, number=day.month, title=title), None)


def desk_edit(ctx: Ctx) -> Response:
    """The composition of an issue, with the newest words."""
    issue = _issue(ctx)
    snapshot = newest_revision(ctx.db, issue.piece).snapshot
    form = IssueForm(
        period=issue.period,
        year=issue.starts_on.year,
        number=issue.starts_on.month if issue.period == "month" else (issue.starts_on.month + 2) // 3,
        title=snapshot["title"],
        intro=snapshot["intro"],
        findings=[str(one.id) for one in queries.list_findings_of(ctx.db, issue)],
        version=issue.piece.version,
    )
    return _editor(ctx, form, issue)


def desk_create(ctx: Ctx) -> Response:
    """Keep a new issue."""
    return _save(ctx, None)


def desk_save(ctx: Ctx) -> Response:
    """Keep a recomposed issue, or propose other words when it is public."""
    return _save(ctx, _issue(ctx))


def _save(ctx: Ctx, issue: BoardIssue | None) -> Response:
    form = IssueForm(ctx.data)
    form.set_choices(list(queries.list_choosable(ctx.db, issue)))
    is_valid = form.validate()
    form.check()
    if not is_valid or form.errors:
        return _editor(ctx, form, issue, 422)
    if issue is None:
        issue = issues.open_issue(ctx.db, form.to_draft(), ctx.staff)
        ctx.flash(_("草稿已保存。"))
        return ctx.redirect("board:desk_show", issue_id=issue.id)
    try:
        return _keep(ctx, form, issue)
    except EditClash as clash:
        return _show_clash(ctx, form, issue, clash)


def _keep(ctx: Ctx, form: IssueForm, issue: BoardIssue) -> Response:
    draft = form.to_draft()
    is_kept = keep_edit(
        ctx,
        form,
        issue.piece,
        save=lambda version, note: issues.save_issue(ctx.db, issue, draft, ctx.staff, version, note),
        correct=lambda version, note: issues.correct_issue(ctx.db, issue, draft, ctx.staff, version, note),
        is_over=issue.piece.is_over,
        refusal=_("这一期已经撤下，不能再改。"),
    )
    return ctx.redirect("board:desk_show", issue_id=issue.id) if is_kept else _editor(ctx, form, issue, 422)


def _show_clash(ctx: Ctx, form: IssueForm, issue: BoardIssue, clash: EditClash) -> Response:
    mine = {"title": text(form.title), "intro": text(form.intro)}
    changes = changes_from(form, clash, mine, {"title": _("标题"), "intro": issues.LABELS["intro"]})
    return _editor(ctx, form, issue, 409, clash=clash.theirs, changes=changes)


def demand_own(ctx: Ctx, unit: str, group_key: str | None) -> None:
    """Staff of a unit or a group may only touch what is theirs."""
    person = ctx.staff
    if not person.may(*WRITING) and person.unit != unit and group_key not in person.groups:
        raise Forbidden(_("这条记录由别的单位负责，您不能查看。"))
