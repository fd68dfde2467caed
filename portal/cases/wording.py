"""Answers that staff give again and again, by action, with places for what differs; read before they are sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.cases.models import Case
from portal.cases.views import names
from portal.core.i18n import lazy
from portal.core.pages import day
from portal.groups import City


@dataclass(frozen=True)
class Wording:
    """A text with %(place)s, %(group)s, %(unit)s and %(due)s to be filled. action: the form it belongs to."""

    key: str
    action: str
    label: Any
    text: Any


WORDINGS = (
    Wording(
        "on-site",
        "reply",
        lazy("已到现场"),
        lazy("您反映的%(place)s的情况，%(unit)s已到现场查看，正在安排处理，%(due)s前答复您结果。"),
    ),
    Wording(
        "joint",
        "reply",
        lazy("需要几家一起办"),
        lazy("这件事涉及几个单位，由%(unit)s牵头，已与相关单位商定分工，%(due)s前答复您。"),
    ),
    Wording(
        "done",
        "resolve",
        lazy("已经办好"),
        lazy("您反映的%(place)s的问题，%(unit)s已于今天处理完毕：（写明做了什么）。照片附后，请您再看看。"),
    ),
    Wording(
        "patrol",
        "resolve",
        lazy("办好并加强巡查"),
        lazy("您反映的%(place)s的问题已处理：（写明做了什么）。%(unit)s已把这里列入日常巡查，再出现请随时告诉我们。"),
    ),
    Wording(
        "unfounded",
        "resolve",
        lazy("核查未发现"),
        lazy("%(unit)s到%(place)s核查（写明时间和次数），没有发现您反映的情况。如果再出现，请拍照并写明时间告诉我们。"),
    ),
    Wording("where", "ask", lazy("问地点"), lazy("请问具体在什么位置？路名、门牌、旁边的店名都可以。")),
    Wording("when", "ask", lazy("问时间"), lazy("请问一般在一天的什么时候出现？最近一次是哪一天？")),
    Wording("photo", "ask", lazy("请补照片"), lazy("方便的话请补一张现场照片，拍到旁边的店名或路牌更好找。")),
)


def list_wordings(action: str, case: Case, city: City) -> Sequence[Wording]:
    """The wordings for a form: those of the case's group first, then those for everybody."""
    return [wording for wording in [*_of_group(case, city), *WORDINGS] if wording.action == action]


def _of_group(case: Case, city: City) -> list[Wording]:
    group = city.find_group(case.group or case.suggested_group)
    if group is None:
        return []
    return [Wording(f"{group.key}.{one.key}", one.action, one.label, one.text) for one in group.replies]


def fill(key: str, case: Case, city: City) -> tuple[str, str] | None:
    """(action, text) of a wording filled for this case; None when there is none of this key."""
    wording = next((one for one in [*_of_group(case, city), *WORDINGS] if one.key == key), None)
    if wording is None:
        return None
    words = names(case, city)
    values = {
        "place": case.place_public or words["district"] or city.name,
        "group": words["group"],
        "unit": words["unit"],
        "due": day(case.due_on),
        "number": case.case_no,
    }
    return wording.action, str(wording.text) % values
