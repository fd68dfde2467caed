"""Cases and decisions for the tests of the router's desk."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import delete

from portal.cases import NewCase, as_citizen, open_case
from portal.core.clock import now
from portal.core.web import Portal
from portal.groups import Example, Prediction
from portal.groups.ledger import is_sampled, text_hash
from portal.groups.service import keep_challenger
from portal.groups.store import copy_model, place
from tests.groups.conftest import A_TOPIC, first_texts

TEXTS = (
    "校门口放学的时候堵得走不动，家长的车停了三排，孩子只能从车缝里穿过去。",
    "楼下的狗整天叫，遛狗不牵绳，还到处拉屎没人管。",
    "菜市场里面污水横流，摊位占道，味道太难闻。",
    "小区楼道里电动车充电，飞线从四楼拉下来，很危险。",
    "网吧里都是抽烟的人，也没有人劝阻。",
    "公司拖欠我三个月工资，一直不给。",
)


def submit(portal: Portal, text: str, phone: str = "") -> str:
    """A case as the public door opens it; returns its number."""
    with portal.database.write() as db:
        new = NewCase(kind="complaint", text=text, place="示例路口", district="tianning", phone=phone)
        return open_case(db, as_citizen(portal, now()), new, portal.router.suggest(text)).case.case_no


def sampled_prediction(portal: Portal) -> tuple[str, str]:
    """An automatic dispatch that fell into the sample: case number and the router's group."""
    for number in range(400):
        case_no = submit(portal, f"{TEXTS[0]}第{number}次反映。")
        if is_sampled(portal.secrets, f"case {case_no}"):
            with portal.database.read() as db:
                row = db.query(Prediction).filter(Prediction.subject == f"case {case_no}").one()
                if row.is_auto:
                    return case_no, row.group
    raise AssertionError("nothing was sampled")


def keep_passed(portal: Portal, file: Path, promote: bool = True) -> str:
    """A challenger from this file with a verdict; returns its name."""
    card = json.loads(file.with_name("model.json").read_text(encoding="utf-8"))
    copy_model(file, place(portal.router.path, card["name"]))
    with portal.database.write() as db:
        keep_challenger(db, "test", card, {"promote": promote, "reasons": ["“pets”的正确率变了"], "doubtful": 0})
    return str(card["name"])


def confirm(portal: Portal, poisoned: str = "", as_group: str = "", share: float = 0.1, most: int = 8) -> int:
    """Examples that staff confirmed, ten a day, from texts the small corpus does not have; some of a group mislabelled.

    Returns how many there are.
    """
    group_of = {topic: key for key, topics in portal.router.groups.items() for topic in topics}
    seen = {text.text for text in first_texts(A_TOPIC).examples}
    rows = []
    for example in first_texts(A_TOPIC + most).examples:
        if example.text not in seen:
            rows.append((example.text, group_of.get(example.topic, "other")))
    random = np.random.default_rng(7)
    rows = [rows[i] for i in random.permutation(len(rows))]
    mine = [i for i, (_, group) in enumerate(rows) if group == poisoned]
    for i in random.choice(mine, round(len(mine) * share), replace=False) if mine else ():
        rows[i] = (rows[i][0], as_group)
    start = now() - timedelta(days=len(rows) // 10 + 1)
    with portal.database.write() as db:
        db.execute(delete(Example))
        for i, (text, group) in enumerate(rows):
            db.add(
                Example(
                    subject=f"case T{i}",
                    text=text,
                    group=group,
                    decided_at=start + timedelta(days=i // 10, minutes=i % 10),
                    source_hash=text_hash(text),
                )
            )
    return len(rows)
