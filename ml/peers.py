"""The routers that ours is measured against: keyword rules, the usual text classifier, and a published recipe.

Each learns from the same texts as ours and answers with probabilities over the groups and, last, outside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ml.features import Floats
from ml.text import normalise

Router = Callable[[Sequence[str]], Floats]
"""Texts (n) to probabilities (n, g + 1)."""

_KEYWORDS = """
public_ads 公益广告 宣传栏 宣传画 标语 展板 电子屏 道旗 横幅 公告栏
civilization_stations 文明实践 实践站 志愿 农家书屋 文化站 活动室 图书角 宣讲
main_roads 路面 人行道 井盖 路灯 红绿灯 占道经营 流动摊贩 店外经营 违停 路口 盲道 行道树 绿化带 小广告 垃圾桶
main_roads 斑马线 护栏 道路 坑洼 积水 烧烤 机动车
non_motor_vehicles 电动车 电瓶车 自行车 共享单车 非机动车 骑手 外卖 逆行 头盔 三轮车 上牌 电单车
residential 小区 物业 楼道 电梯 业主 消防通道 单元门 飞线 高空抛物 化粪池 违建 住改商 楼顶 楼上 业委会 地下室
overhead_cables 电线 线缆 光缆 电缆 高压线 电线杆 网线 变压器 电杆 线路
markets 菜市场 农贸市场 集贸市场 市场 摊位 缺斤少两 活禽 摊主
pets 狗 犬 猫 遛狗 宠物 狗证 牵绳
villages 村 养猪 养鸡 猪场 臭水沟 旱厕 乡镇 池塘 秸秆 农村
school_surroundings 校门 学校门口 小学 中学 幼儿园 放学 学校周边 学校附近 校园周边
no_smoking 抽烟 吸烟 禁烟 烟味 控烟 烟灰缸 电子烟 烟头
"""


def _keyword_table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for line in _KEYWORDS.split("\n"):
        key, *words = line.split() or [""]
        table.setdefault(key, []).extend(words)
    return table


KEYWORDS = _keyword_table()
"""Words a dispatcher would write down for each group of Changzhou; a word counts as often as it occurs."""


def keyword_rules(keys: Sequence[str]) -> Router:
    """Counts each group's words, longer ones for more; a text without any is outside."""

    def route(texts: Sequence[str]) -> Floats:
        return np.array([_keyword_mass(normalise(text).text, keys) for text in texts])

    return route


def _keyword_mass(text: str, keys: Sequence[str]) -> Floats:
    scores = [sum(text.count(word) * (len(word) - 0.5) for word in KEYWORDS.get(key, ())) for key in keys]
    powers: Floats = np.exp(np.minimum([*scores, 1.5], 30.0))
    powers /= powers.sum()
    return powers


def plain_classifier(texts: Sequence[str], labels: Sequence[int], columns: int) -> Router:
    """Tf-idf of character 1–2 grams and logistic regression straight over the groups, as most would build it."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2)
    return _fitted(vectorizer, LogisticRegression(max_iter=500), texts, labels, columns)


def signalen(texts: Sequence[str], labels: Sequence[int], columns: int) -> Router:
    """The recipe published by Signalen (Amsterdam): word 1–2 grams, tf without idf, L1 logistic regression.

    Chinese has no spaces and their stack no segmenter, so single signs stand for words. They dispatch from a fixed
    probability of 0.41 on. Source: github.com/Signalen/classification.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), use_idf=False, norm="l2", min_df=2)
    learner = LogisticRegression(l1_ratio=1.0, solver="saga", C=10.0, max_iter=60, tol=1e-2, random_state=0)
    return _fitted(vectorizer, learner, texts, labels, columns)


def _fitted(vectorizer: Any, learner: Any, texts: Sequence[str], labels: Sequence[int], columns: int) -> Router:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # A peer that has not fully converged after its steps is still the peer.
        learner.fit(vectorizer.fit_transform([normalise(text).text for text in texts]), list(labels))

    def route(others: Sequence[str]) -> Floats:
        found = learner.predict_proba(vectorizer.transform([normalise(text).text for text in others]))
        mass = np.zeros((len(others), columns))
        mass[:, learner.classes_] = found
        return mass

    return route
