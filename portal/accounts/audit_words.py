"""What the audit log says, in words: the log itself keeps short codes, which never change."""

from collections.abc import Mapping
from typing import Any

from portal.core.i18n import gettext as _
from portal.core.i18n import lazy

THINGS = {
    "board": lazy("红黑榜"),
    "case": lazy("诉求"),
    "credit": lazy("信用"),
    "key": lazy("接口密钥"),
    "news": lazy("动态"),
    "nomination": lazy("推荐"),
    "outbox": lazy("发件箱"),
    "person": lazy("好人"),
    "retention": lazy("到期删除"),
    "router": lazy("派单模型"),
    "staff": lazy("账号"),
    "survey": lazy("问卷"),
    "units": lazy("责任单位"),
}
"""The first half of an act's code, and the first word of what it was done to."""
ACTS = {
    "accept": lazy("签收"),
    "add": lazy("开通"),
    "add-helper": lazy("指定协办"),
    "announce_draw": lazy("登记抽查"),
    "approve_batch": lazy("确认批次"),
    "approve_honour": lazy("认定"),
    "approve_topic": lazy("确认专题"),
    "ask": lazy("请反映人补充"),
    "ask_opinion": lazy("征求意见"),
    "assign": lazy("指定经办人"),
    "audit": lazy("盲审"),
    "ban": lazy("停用联系方式"),
    "begin": lazy("开始整改"),
    "begin_notice": lazy("开始公示"),
    "change": lazy("修改"),
    "check": lazy("逐项核对"),
    "close": lazy("结束"),
    "comment": lazy("提出意见"),
    "consent": lazy("登记同意书"),
    "contact": lazy("记录联系"),
    "cover": lazy("遮挡照片"),
    "decide_matter": lazy("作出决定"),
    "decide_objection": lazy("处理异议"),
    "defer": lazy("同意挂账"),
    "disable": lazy("停用"),
    "dispatch": lazy("派单"),
    "dispute": lazy("标注异议"),
    "enable": lazy("恢复使用"),
    "enter": lazy("代为登记"),
    "extend": lazy("申请延期"),
    "extend_matter": lazy("延长办理"),
    "follow-up": lazy("记录外部进展"),
    "follow_up": lazy("登记回访"),
    "grant-extension": lazy("同意延期"),
    "grant-reopen": lazy("同意重办"),
    "hand_on": lazy("转为诉求"),
    "hide": lazy("停止公开"),
    "import": lazy("从表格导入"),
    "invite": lazy("发出邀请"),
    "letter": lazy("设置早报"),
    "locked": lazy("连续输错，暂时锁定"),
    "merge": lazy("并单"),
    "messages": lazy("删除消息"),
    "note": lazy("内部备注"),
    "note_answer": lazy("登记回复"),
    "notify": lazy("交办"),
    "object": lazy("收到异议"),
    "objection": lazy("收到异议"),
    "open": lazy("新建"),
    "open_finding": lazy("登记检查"),
    "open_inspection": lazy("安排检查"),
    "overrule": lazy("保留原文"),
    "password": lazy("更换密码"),
    "prioritise": lazy("调整缓急"),
    "promote": lazy("换用新模型"),
    "propose-defer": lazy("提出挂账"),
    "propose_exclusion": lazy("提出剔除"),
    "propose_step": lazy("登记荣誉"),
    "publish": lazy("公开"),
    "rectify": lazy("报送整改"),
    "redispatch": lazy("同意退单并改派"),
    "refuse-extension": lazy("不同意延期"),
    "refuse-reopen": lazy("不同意重办"),
    "reject": lazy("不予受理"),
    "remark_hidden": lazy("不显示留言"),
    "remark_shown": lazy("显示留言"),
    "remind": lazy("提醒"),
    "reply": lazy("答复进展"),
    "request": lazy("按本人要求删除"),
    "resend": lazy("重新发送"),
    "resend_all": lazy("全部重新发送"),
    "resolve": lazy("办结"),
    "resume-work": lazy("恢复办理"),
    "return": lazy("退单"),
    "reveal": lazy("查看联系方式"),
    "review": lazy("审核通过"),
    "review_label": lazy("复核更正"),
    "revoke": lazy("撤销称号"),
    "rollback": lazy("退回上一个模型"),
    "save_batch": lazy("保存批次"),
    "save_finding": lazy("修改检查"),
    "save_site": lazy("保存点位"),
    "save_topic": lazy("保存专题"),
    "schedule": lazy("定时发布"),
    "send": lazy("发送邀请"),
    "send_back": lazy("退回修改"),
    "sign_in": lazy("登录"),
    "sign_out": lazy("退出登录"),
    "split": lazy("拆单"),
    "step_confirm": lazy("确认荣誉"),
    "step_drop": lazy("放弃荣誉"),
    "step_notice": lazy("荣誉公示"),
    "stop": lazy("停止"),
    "submit": lazy("送审"),
    "supervise": lazy("督办"),
    "take_down": lazy("停止公示"),
    "totp_off": lazy("关闭动态验证码"),
    "totp_on": lazy("开启动态验证码"),
    "train": lazy("训练"),
    "transfer": lazy("转外部办理"),
    "unban": lazy("恢复联系方式"),
    "unmerge": lazy("取消并单"),
    "unschedule": lazy("取消定时"),
    "uphold": lazy("不同意退单"),
    "verify": lazy("核验"),
    "withdraw": lazy("撤下"),
    "withdraw_consent": lazy("撤回同意书"),
}
"""The second half of an act's code."""
DETAILS = {
    "count": lazy("数量"),
    "group": lazy("专项组"),
    "groups": lazy("专项组"),
    "kind": lazy("种类"),
    "late": lazy("补审"),
    "legal": lazy("法制审核"),
    "level": lazy("第几审"),
    "photos": lazy("照片"),
    "publish_at": lazy("发布时间"),
    "questions": lazy("题数"),
    "reason": lazy("理由"),
    "roles": lazy("角色"),
    "seed": lazy("种子"),
    "site": lazy("点位"),
    "unit": lazy("单位"),
    "until": lazy("到期"),
    "urgent": lazy("紧急"),
    "version": lazy("第几稿"),
    "wanted": lazy("抽几个"),
    "weighted": lazy("加权"),
    "words": lazy("写下的种子"),
}
"""Labels of what stands beside an act; the others stand as they are."""


def act_words(action: str) -> str:
    """An act in words, e.g. 诉求：派单; the half that has none as it is."""
    thing, _dot, act = action.partition(".")
    return _("%(thing)s：%(act)s") % {"thing": str(THINGS.get(thing, thing)), "act": str(ACTS.get(act, act))}


def subject_words(subject: str) -> str:
    """What it was done to, e.g. 诉求 CZ20261127-0003."""
    thing, _space, rest = subject.partition(" ")
    return f"{THINGS[thing]} {rest}" if rest and thing in THINGS else subject


def detail_words(detail: Mapping[str, Any]) -> str:
    """What stands beside an act; nothing about what is empty or not the case."""
    told = [(str(DETAILS.get(key, key)), value) for key, value in detail.items() if value not in (None, "", False, [])]
    return "；".join(label if value is True else f"{label}：{_plain(value)}" for label, value in told)


def _plain(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
