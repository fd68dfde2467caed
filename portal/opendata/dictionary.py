"""The dictionary of the groups' figures; their table is drawn up beside the figures, since slices of one level do not
know each other.
"""

from portal.core.i18n import lazy

FIGURES = {
    "key": lazy("专项组代号"),
    "name": lazy("专项组"),
    "first_day": lazy("统计的首日（按承诺到期日）"),
    "last_day": lazy("统计的末日"),
    "base": lazy("到期件数"),
    "contacted_in_time": lazy("规定时限内首次联系的件数"),
    "response_rate": lazy("响应率，0–1；response_low、response_high 为 95% 区间"),
    "on_time_rate": lazy("按期办结率，0–1"),
    "rated": lazy("反映人作出评价的件数"),
    "missing": lazy("已答复而反映人没有评价的件数"),
    "coverage": lazy("评价覆盖率，0–1；低于 0.3 时样本不足"),
    "resolution_rate": lazy(
        "解决率，0–1；_low、_high 为 95% 区间，_least、_most 为把没有评价的全算作未解决或已解决时的界限"
    ),
    "satisfaction_rate": lazy("满意率，0–1；后缀含义同上"),
    "high_satisfaction_rate": lazy("四、五级评价占比，0–1"),
    "closed_not_solved": lazy("归档但未解决的件数"),
    "not_resolved": lazy("到期尚未办结的件数"),
    "median_contact_hours": lazy("首次联系用时的中位数（小时，Kaplan–Meier 估计）；空为尚未过半"),
    "median_resolve_hours": lazy("办结用时的中位数（小时），含义同上"),
    "open_now": lazy("目前在办件数"),
    "deferred_now": lazy("目前挂账件数"),
    "p90_contact_hours": lazy("九成件首次联系用时（小时，Kaplan–Meier 估计）；空为未到九成"),
    "p90_resolve_hours": lazy("九成件办结用时（小时），含义同上"),
    "verified_rate": lazy("核实解决率，0–1：反映人确认解决，或有整改照片且四周回访期内无人否认，占归档件"),
    "return_rate": lazy("退单率，0–1：至少退过一次的件占已派单件"),
    "lost_days": lazy("退过单的件从提交到交给最终承办单位平均用了几天"),
    "reopen_rate": lazy("重办率，0–1：重新办理过的件占办结过的件"),
    "far_overdue": lazy("已过承诺期限三倍仍未办结的件数"),
    "dispatch_judged": lazy("自动派单中随机抽查、由人盲评的件数"),
    "dispatch_right_rate": lazy("派单准确率，0–1，由抽查估计；_low、_high 为 95% 区间"),
    "score": lazy("综合得分，0–100，权重见专项组页面"),
}
