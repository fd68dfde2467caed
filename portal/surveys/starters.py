"""Ready questionnaires to begin with: the four official indices, one for each group, place and finished case."""

from collections.abc import Sequence

from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City, Group
from portal.surveys.definition import Condition, Definition, Kind, Part, Question
from portal.surveys.models import Variant

STARTERS = {
    "empty": lazy("空白问卷"),
    "indices": lazy("知晓率、支持率、参与率、满意率（四项指数）"),
    "group": lazy("一个专项组的满意度"),
    "site": lazy("一个点位的满意度（配海报二维码）"),
    "case": lazy("诉求办结后的评价（好差评）"),
    "pupils": lazy("学生版：校园和上学路"),
    "staff": lazy("工作人员版：创建工作自评"),
}
VARIANTS = {"pupils": Variant.PUPILS, "staff": Variant.STAFF}


def starter(key: str, city: City, group: Group | None = None) -> Definition:
    """The questions of a starter, in the words of this city; an unknown key gives an empty one."""
    made = {
        "indices": lambda: [*_indices(city), *_about_you(city)],
        "group": lambda: _of_group(city, group),
        "site": lambda: _of_site(city),
        "case": _of_case,
        "pupils": _of_pupils,
        "staff": _of_staff,
    }
    return Definition(tuple(made[key]())) if key in made else Definition()


def _grade(key: str, label: str, is_required: bool = False, section: str = "") -> Question:
    return Question(key, Kind.GRADE5, label, section=section, is_required=is_required, part=Part.SATISFACTION)


def _words(label: str = "") -> Question:
    return Question(
        "words",
        Kind.LONG_TEXT,
        label or _("还有什么想说的？"),
        help=_("请不要写姓名、电话和门牌号。要反映具体的事，请用“我要反映”，那里有编号和回音。"),
    )


def _indices(city: City) -> list[Question]:
    activities = (*city.survey_activities, _("都没有参加过"))
    return [
        Question(
            "awareness",
            Kind.YES_NO,
            _("您知道%(city)s正在%(campaign)s吗？") % {"city": city.name, "campaign": city.brand.campaign},
            is_required=True,
            part=Part.AWARENESS,
        ),
        Question(
            "support",
            Kind.SINGLE,
            _("您支持%(campaign)s吗？") % {"campaign": city.brand.campaign},
            options=(_("支持"), _("无所谓"), _("不支持")),
            is_required=True,
            part=Part.SUPPORT,
        ),
        Question(
            "participation",
            Kind.MULTIPLE,
            _("过去一年，您参加过下面哪些活动？"),
            help=_("可以多选；都没有参加过，请选最后一项。"),
            options=activities,
            is_required=True,
            is_random=True,
            part=Part.PARTICIPATION,
        ),
        _grade("overall", _("总体来说，您满意吗？"), is_required=True),
    ]


def _about_you(city: City) -> list[Question]:
    section = _("关于您（用来和人口结构对照，可以不填）")
    asked: list[Question] = []
    for margin in city.census:
        options = tuple(margin.labels.values())
        label = _("您的%(trait)s？") % {"trait": margin.name}
        head = "" if asked else section
        asked.append(
            Question(f"you_{margin.key}", Kind.SINGLE, label, section=head, options=options, margin=margin.key)
        )
    return [*asked, _words()]


def _of_group(city: City, group: Group | None) -> list[Question]:
    name = group.name if group else _("这项行动")
    checklist: Sequence[str] = group.checklist if group else ()
    questions = [_grade("overall", _("您对“%(group)s”的成效满意吗？") % {"group": name}, is_required=True)]
    if checklist:
        questions.append(
            Question("items", Kind.MATRIX, _("分项来看，您满意吗？"), rows=tuple(checklist), part=Part.NONE)
        )
        questions.append(Question("first", Kind.SINGLE, _("最该先改哪一项？"), options=(*checklist, _("其他"))))
    return [*questions, *_about_you(city)]


def _of_site(city: City) -> list[Question]:
    return [
        _grade("clean", _("这里干净吗？"), is_required=True),
        _grade("order", _("这里有序吗？"), is_required=True),
        _grade("service", _("这里的服务让您满意吗？")),
        Question("visits", Kind.SINGLE, _("您多久来一次？"), options=(_("每天"), _("每周"), _("每月"), _("第一次来"))),
        _words(_("最希望先改哪一处？")),
    ]


def _of_case() -> list[Question]:
    good = (_("解决了"), _("办得快"), _("主动联系"), _("态度好"), _("说得清楚"), _("其他"))
    fair = (_("解决了一部分"), _("时间长了些"), _("说明不够清楚"), _("跑了不止一次"), _("其他"))
    bad = (_("没有解决"), _("办得太慢"), _("没有联系我"), _("态度不好"), _("答非所问"), _("其他"))
    worst = (_("写了办结却没有办"), _("互相推诿"), _("一直没有回音"), _("态度恶劣"), _("泄露了我的信息"), _("其他"))
    reasons = (
        ("5", _("最满意的是什么？"), good),
        ("4", _("满意在哪里？"), good),
        ("3", _("还差在哪里？"), fair),
        ("2", _("哪里不满意？"), bad),
        ("1", _("哪里非常不满意？"), worst),
    )
    return [
        _grade("overall", _("这件事办得怎么样？"), is_required=True),
        Question("solved", Kind.SINGLE, _("问题解决了吗？"), options=(_("解决了"), _("解决了一部分"), _("没有解决"))),
        # On a page of their own, so that without script too only the reasons of the grade given are asked.
        *(
            Question(
                f"why{grade}",
                Kind.MULTIPLE,
                label,
                section=_("说说原因") if grade == "5" else "",
                options=options,
                condition=Condition("overall", (grade,)),
            )
            for grade, label, options in reasons
        ),
        _words(),
    ]


def _of_pupils() -> list[Question]:
    return [
        Question("way", Kind.SINGLE, _("你怎么上学？"), options=(_("走路"), _("骑车"), _("坐公交"), _("家人接送"))),
        _grade("road", _("上学路上过马路安全吗？你满意吗？"), is_required=True),
        _grade("gate", _("校门口整齐、不拥挤吗？你满意吗？"), is_required=True),
        _grade("school", _("校园干净吗？你满意吗？")),
        Question("helped", Kind.YES_NO, _("这个学期你做过志愿服务吗？")),
        Question("words", Kind.LONG_TEXT, _("你最希望学校周边改变什么？"), help=_("不用写姓名和班级。")),
    ]


def _of_staff() -> list[Question]:
    return [
        Question("knows", Kind.YES_NO, _("您清楚本单位在创建工作中的任务吗？"), is_required=True, part=Part.AWARENESS),
        _grade("support", _("您对上级的指导和支持满意吗？"), is_required=True),
        _grade("flow", _("您对派单和协调的效率满意吗？"), is_required=True),
        Question(
            "hard",
            Kind.RANKING,
            _("哪些困难最大？请排序。"),
            options=(_("人手不够"), _("经费不足"), _("职责不清"), _("指标太多"), _("群众不了解")),
        ),
        _words(_("您有什么建议？")),
    ]
