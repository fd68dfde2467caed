"""What keeps a questionnaire from being opened, in sentences for the one who builds it."""

from collections.abc import Sequence

from portal.core.i18n import gettext as _
from portal.surveys.definition import (
    KEY,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    RESERVED,
    WITH_OPTIONS,
    Definition,
    Kind,
    Part,
    Question,
)


def find_faults(definition: Definition) -> list[str]:
    """What keeps a questionnaire from being opened, in sentences for the one who builds it."""
    if not len(definition):
        return [_("还没有题目，请至少加一道。")]
    faults = [] if len(definition) <= MOST_QUESTIONS else [_("题目太多，请减到 60 道以内。")]
    for number, question in enumerate(definition, 1):
        faults += [
            _("第 %(number)s 题：%(fault)s") % {"number": number, "fault": fault}
            for fault in question_faults(question, definition)
        ]
    return faults


def question_faults(question: Question, definition: Definition) -> list[str]:
    """What is wrong with one question, in sentences."""
    faults = []
    if not KEY.fullmatch(question.key) or question.key in RESERVED:
        faults.append(_("代号“%(key)s”不能用，请换一个小写英文代号。") % {"key": question.key})
    if not question.label.strip():
        faults.append(_("请写题目。"))
    if question.kind in WITH_OPTIONS and not 2 <= len(question.options) <= MOST_OPTIONS:
        faults.append(_("请写 2 到 40 个选项，每行一个。"))
    if len(set(question.options)) != len(question.options):
        faults.append(_("选项有重复，请改成各不相同。"))
    if question.kind is Kind.RANKING and len(question.options) > 8:
        faults.append(_("排序题最多 8 项，再多就排不清了。"))
    if question.kind is Kind.MATRIX and not 1 <= len(question.rows) <= 15:
        faults.append(_("请写 1 到 15 行要评价的内容，每行一个。"))
    if question.least is not None and question.most is not None and question.least > question.most:
        faults.append(_("最小值大于最大值，请核对。"))
    if question.condition and question.condition.question not in _keys(definition.before(question.key)):
        faults.append(_("出题条件指向的题目不在它前面，请重新选择。"))
    if question.part is not Part.NONE and question.kind is not _KIND_OF_PART[question.part]:
        faults.append(_("题型与所选的指数不相符，请改题型或改为“不计入指数”。"))
    return faults


_KIND_OF_PART = {
    Part.AWARENESS: Kind.YES_NO,
    Part.SUPPORT: Kind.SINGLE,
    Part.PARTICIPATION: Kind.MULTIPLE,
    Part.SATISFACTION: Kind.GRADE5,
}


def _keys(questions: Sequence[Question]) -> set[str]:
    return {question.key for question in questions}
