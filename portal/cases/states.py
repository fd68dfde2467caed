"""The life of a case as one table: states, who may move a case from where to where, and in which words.

Whatever is not in TRANSITIONS is refused. Guards that need more than state and role (terms, counts, whose case it
is) stand in the services; the name of the guard is noted here.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.core.i18n import lazy
from portal.core.roles import Role
from portal.groups import City


class State(StrEnum):
    """Where a case stands."""

    DRAFT_CONFIRM = "draft_confirm"
    SUBMITTED = "submitted"
    TRIAGE = "triage"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    NEED_INFO = "need_info"
    RETURN_ASKED = "return_asked"
    EXTENSION_ASKED = "extension_asked"
    DEFERRED = "deferred"
    RESOLVED = "resolved"
    REOPEN_ASKED = "reopen_asked"
    REOPENED = "reopened"
    CLOSED = "closed"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Who(StrEnum):
    """In which capacity somebody acts."""

    CITIZEN = "citizen"
    SYSTEM = "system"
    TRIAGER = "triager"
    HANDLER = "handler"
    ARBITER = "arbiter"
    LEADER = "leader"
    HELPER = "helper"


class Outcome(StrEnum):
    """How a case ended, apart from its state: "closed, not fixed" is counted on its own."""

    SOLVED = "solved"
    PARTLY = "partly"
    NOT_SOLVED = "not_solved"
    UNREACHABLE = "unreachable"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"


CAPACITIES: dict[Role, frozenset[Who]] = {
    Role.DISPATCHER: frozenset({Who.TRIAGER, Who.ARBITER}),
    Role.SUPERVISOR: frozenset({Who.ARBITER, Who.LEADER}),
    Role.GROUP: frozenset({Who.HANDLER}),
    Role.UNIT: frozenset({Who.HANDLER}),
}
"""What each role may act as; the office's dispatchers and supervisors arbitrate, groups and units handle."""

STATE_WORDS = {
    State.DRAFT_CONFIRM: lazy("待确认"),
    State.SUBMITTED: lazy("已提交"),
    State.TRIAGE: lazy("待分派"),
    State.DISPATCHED: lazy("已派单"),
    State.ACCEPTED: lazy("已签收"),
    State.IN_PROGRESS: lazy("办理中"),
    State.NEED_INFO: lazy("待补充"),
    State.RETURN_ASKED: lazy("退单待审"),
    State.EXTENSION_ASKED: lazy("延期待审"),
    State.DEFERRED: lazy("挂账"),
    State.RESOLVED: lazy("已办结待评价"),
    State.REOPEN_ASKED: lazy("申请重办"),
    State.REOPENED: lazy("重办中"),
    State.CLOSED: lazy("已归档"),
    State.REJECTED: lazy("不予受理"),
    State.TRANSFERRED: lazy("转外部"),
    State.MERGED: lazy("已并单"),
    State.WITHDRAWN: lazy("已撤回"),
}
PUBLIC_WORDS = {
    State.TRIAGE: lazy("正在确定承办组"),
    State.RETURN_ASKED: lazy("正在核定责任单位"),
    State.DEFERRED: lazy("列入挂账，定期复查"),
}
"""What citizens read where the office's word would not help them."""


def state_name(city: City, state: State, is_public: bool = False) -> str:
    """A state in words: the city's own where it has one, else for citizens or as the office says it."""
    own = city.state_words.get(state.value)
    return own or str((PUBLIC_WORDS if is_public else {}).get(state, STATE_WORDS[state]))


TONES = {
    State.TRIAGE: "warn",
    State.RETURN_ASKED: "warn",
    State.NEED_INFO: "warn",
    State.REOPEN_ASKED: "warn",
    State.REOPENED: "accent",
    State.DEFERRED: "accent",
    State.RESOLVED: "ok",
    State.CLOSED: "ok",
    State.REJECTED: "",
    State.WITHDRAWN: "",
    State.MERGED: "",
    State.TRANSFERRED: "",
}

OUTCOME_WORDS = {
    Outcome.SOLVED: lazy("已解决"),
    Outcome.PARTLY: lazy("部分解决"),
    Outcome.NOT_SOLVED: lazy("未解决，已说明"),
    Outcome.UNREACHABLE: lazy("无法联系"),
    Outcome.UNFOUNDED: lazy("不属实"),
    Outcome.DUPLICATE: lazy("重复"),
}

PRAISE = {
    "quick": lazy("办得快"),
    "clear": lazy("说得清楚"),
    "kind": lazy("态度好"),
    "thorough": lazy("解决得彻底"),
}
BLAME = {
    "not_fixed": lazy("问题还在"),
    "came_back": lazy("很快又出现"),
    "slow": lazy("拖得太久"),
    "unclear": lazy("答复没说清楚"),
    "passed_round": lazy("几家单位推来推去"),
    "rude": lazy("态度不好"),
    "nobody_came": lazy("没有人联系过我"),
}
"""Reasons a reporter may give with a grade: praise from 3 on, blame up to 3."""

CHANNELS = {
    "web": lazy("网页"),
    "mobile": lazy("手机"),
    "snapshot": lazy("随手拍"),
    "phone": lazy("电话"),
    "wechat": lazy("微信"),
    "letter": lazy("来信"),
    "on_site": lazy("窗口"),
    "transferred_12345": lazy("12345 转来"),
    "media": lazy("媒体"),
    "inspection": lazy("督查发现"),
    "proactive": lazy("主动巡查"),
    "open311": lazy("开放接口"),
    "survey": lazy("满意度问卷"),
}
"""How a case came, in words."""

UNCONFIRMED = frozenset({State.DRAFT_CONFIRM})
WAITING = frozenset({State.SUBMITTED, State.TRIAGE})
FINAL = frozenset({State.CLOSED, State.REJECTED, State.TRANSFERRED, State.MERGED, State.WITHDRAWN})
RUNNING = frozenset(State) - UNCONFIRMED - WAITING - FINAL - {State.RESOLVED}
NEVER_LATE = frozenset({State.DEFERRED, State.NEED_INFO})
"""Open cases whose promise stands still: they are not late."""
PAUSED = frozenset({State.NEED_INFO, State.DEFERRED, State.RESOLVED}) | UNCONFIRMED | FINAL
"""Where the promise's clock stands still; everywhere else it runs, during returns too."""


def queue_of(state: State) -> int:
    """Its part of the desk's list: 0 waits for a group, 1 runs, 2 waits for a rating, 3 is over; 4 is on no list."""
    if state in UNCONFIRMED:
        return 4
    if state in WAITING:
        return 0
    if state in RUNNING:
        return 1
    return 2 if state is State.RESOLVED else 3


@dataclass(frozen=True)
class Transition:
    """One line of the table. target None: the case stays where it is, and the act is written down."""

    action: str
    sources: frozenset[State]
    target: State | None
    who: frozenset[Who]
    title: str
    guard: str = ""


def _line(
    action: str,
    sources: set[State] | frozenset[State],
    target: State | None,
    who: set[Who],
    title: str,
    guard: str = "",
) -> Transition:
    return Transition(action, frozenset(sources), target, frozenset(who), title, guard)


C, S, T, H, A, L, P = Who.CITIZEN, Who.SYSTEM, Who.TRIAGER, Who.HANDLER, Who.ARBITER, Who.LEADER, Who.HELPER
_OPEN = WAITING | RUNNING
_HANDLED = {State.ACCEPTED, State.IN_PROGRESS, State.REOPENED}
_SPLITTABLE = {State.SUBMITTED, State.TRIAGE, State.DISPATCHED, State.ACCEPTED, State.IN_PROGRESS}
_VISIBLE = frozenset(State) - UNCONFIRMED - {State.WITHDRAWN}

TRANSITIONS: tuple[Transition, ...] = (
    _line("confirm", UNCONFIRMED, State.SUBMITTED, {C, S}, lazy("联系方式已确认"), "code or link"),
    _line("lapse", UNCONFIRMED, State.WITHDRAWN, {S}, lazy("未在期限内确认，内容已删除"), "24 hours"),
    _line(
        "edit", {State.SUBMITTED, State.TRIAGE, State.DISPATCHED}, None, {C}, lazy("反映人修改了内容"), "undo window"
    ),
    _line(
        "withdraw",
        UNCONFIRMED | _OPEN - {State.REOPEN_ASKED, State.REOPENED},
        State.WITHDRAWN,
        {C},
        lazy("反映人撤回"),
        "not yet resolved",
    ),
    _line("route", {State.SUBMITTED}, State.DISPATCHED, {S}, lazy("系统派单"), "sure, not urgent, no stop word"),
    _line("queue", {State.SUBMITTED}, State.TRIAGE, {S}, lazy("等待人工分派")),
    _line("reroute", {State.TRIAGE, State.DISPATCHED}, State.TRIAGE, {S}, lazy("内容有修改，重新分派"), "edited"),
    _line("dispatch", {State.SUBMITTED, State.TRIAGE, State.DISPATCHED}, State.DISPATCHED, {T}, lazy("已派单")),
    _line("reject", {State.SUBMITTED, State.TRIAGE}, State.REJECTED, {T}, lazy("不予受理"), "typed reason and channel"),
    _line("transfer", {State.SUBMITTED, State.TRIAGE}, State.TRANSFERRED, {T}, lazy("转外部办理"), "follow-up date"),
    _line("merge", _OPEN, State.MERGED, {T, H}, lazy("并入同一诉求"), "main case is open"),
    _line("unmerge", {State.MERGED}, State.TRIAGE, {T, C, S}, lazy("恢复单独办理"), "14 days"),
    _line("accept", {State.DISPATCHED}, State.ACCEPTED, {H, S}, lazy("已签收")),
    _line("return", {State.DISPATCHED, State.ACCEPTED}, State.RETURN_ASKED, {H}, lazy("申请退单"), "once per unit"),
    _line("redispatch", {State.RETURN_ASKED}, State.DISPATCHED, {A}, lazy("改派责任单位")),
    _line("uphold", {State.RETURN_ASKED}, State.ACCEPTED, {A}, lazy("退单未获同意，继续办理")),
    _line("contact", {State.ACCEPTED}, State.IN_PROGRESS, {H, T}, lazy("已联系反映人"), "a report: by the office only"),
    _line("contact", {State.IN_PROGRESS, State.REOPENED, State.DEFERRED}, None, {H, T}, lazy("再次联系反映人")),
    _line("reply", _HANDLED | {State.DEFERRED}, None, {H}, lazy("办理进展")),
    _line("ask", {State.IN_PROGRESS}, State.NEED_INFO, {H}, lazy("请您补充"), "pause of at most 5 days in all"),
    _line("answer", {State.NEED_INFO}, State.IN_PROGRESS, {C}, lazy("反映人已补充")),
    _line("resume", {State.NEED_INFO}, State.IN_PROGRESS, {S}, lazy("等待补充已到期，继续办理")),
    _line("extend", {State.IN_PROGRESS}, State.EXTENSION_ASKED, {H}, lazy("申请延期"), "once, before the limit"),
    _line("grant-extension", {State.EXTENSION_ASKED}, State.IN_PROGRESS, {A}, lazy("同意延期")),
    _line("refuse-extension", {State.EXTENSION_ASKED}, State.IN_PROGRESS, {A}, lazy("未同意延期")),
    _line("propose-defer", {State.IN_PROGRESS}, None, {H, A}, lazy("提出挂账")),
    _line("defer", {State.IN_PROGRESS}, State.DEFERRED, {A}, lazy("列入挂账"), "proposed by somebody else"),
    _line("refuse-defer", {State.IN_PROGRESS}, None, {A}, lazy("未同意挂账"), "a proposal stands"),
    _line("resume-work", {State.DEFERRED}, State.IN_PROGRESS, {S, A}, lazy("恢复办理")),
    _line("resolve", {State.IN_PROGRESS, State.REOPENED}, State.RESOLVED, {H}, lazy("已办结"), "reply, proof, outcome"),
    _line("satisfied", {State.RESOLVED}, State.CLOSED, {C}, lazy("反映人已评价"), "own token; grade 3-5"),
    _line("expire", {State.RESOLVED}, State.CLOSED, {S}, lazy("评价期结束，已归档"), "no grade is written"),
    _line("dispute", {State.RESOLVED}, State.REOPEN_ASKED, {C}, lazy("反映人不满意，申请重办"), "own token"),
    _line("grant-reopen", {State.REOPEN_ASKED}, State.REOPENED, {A}, lazy("同意重办")),
    _line("refuse-reopen", {State.REOPEN_ASKED}, State.CLOSED, {A}, lazy("未同意重办"), "reason and appeal"),
    _line("reopen", {State.CLOSED}, State.REOPENED, {C}, lazy("反映人表示未解决，重新办理"), "28 days"),
    _line("recheck", {State.CLOSED}, None, {S}, lazy("四周回访"), "28 days after the result"),
    _line("supervise", _OPEN, None, {S, L, T}, lazy("督办")),
    _line("remind", _OPEN, None, {S}, lazy("办理提醒")),
    _line("escalate", _OPEN, None, {S}, lazy("超期较多，报请负责人督办")),
    _line("count-again", _OPEN, None, {S}, lazy("承诺日期重新计算"), "the calendar of its year is published"),
    _line("prioritise", _OPEN, None, {T, A, L}, lazy("调整缓急")),
    _line("assign", RUNNING, None, {T, H, A, L}, lazy("指定经办人")),
    _line("split", _SPLITTABLE, None, {T, A}, lazy("拆出一部分单独办理"), "the reporter's own words stay"),
    _line("check", RUNNING, None, {H}, lazy("逐项核对")),
    _line("follow-up", {State.TRANSFERRED}, None, {T, A}, lazy("向承接单位了解进展"), "on the day that was set"),
    _line("still-fixed", {State.CLOSED}, None, {C}, lazy("反映人表示没有再出现"), "28 days"),
    _line("note", _VISIBLE, None, {T, H, A, L, P}, lazy("内部备注")),
    _line("hide", _VISIBLE, None, {T}, lazy("停止公开")),
    _line("publish", _VISIBLE - {State.REJECTED, State.MERGED}, None, {T}, lazy("同意公开")),
    _line("cover", _VISIBLE, None, {T, A, L}, lazy("遮挡照片"), "the photo that was there is destroyed"),
    _line("reveal", frozenset(State) - UNCONFIRMED, None, {T, H, A, L}, lazy("查看联系方式"), "logged"),
    _line("add-helper", RUNNING, None, {T, A}, lazy("指定协办单位")),
    _line("consent", frozenset(State), None, {C}, lazy("反映人更改了公开意愿")),
    _line("drop-contact", frozenset(State), None, {C}, lazy("反映人删除了联系方式")),
    _line("forget", FINAL, None, {S, C}, lazy("个人信息已删除"), "retention, or the reporter's wish"),
    _line("erase", FINAL, None, {S}, lazy("全部文字已按期删除"), "retention"),
)

WORKFLOW = tuple(line for line in TRANSITIONS if line.target is not None)
TITLES = {line.action: line.title for line in reversed(TRANSITIONS)} | {
    "submit": lazy("提交诉求"),
    "split-off": lazy("从原诉求中拆出"),
}


def find_transition(action: str, state: State, who: frozenset[Who]) -> Transition | None:
    """The line that lets these capacities do this in this state, or None."""
    return next(
        (line for line in TRANSITIONS if line.action == action and state in line.sources and line.who & who), None
    )


def actions_in(state: State, who: frozenset[Who]) -> frozenset[str]:
    """What these capacities may do in this state, by the table alone."""
    return frozenset(line.action for line in TRANSITIONS if state in line.sources and line.who & who)
