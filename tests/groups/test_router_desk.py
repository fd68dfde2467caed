"""The router's desk: what it shows to whom, and a sample that is judged blind."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups import Decision, Example, Prediction, keep_decision, keep_example, training, weighing
from portal.groups.ledger import AUDIT_SHARE, is_sampled
from tests.groups.router_cases import TEXTS, keep_passed, sampled_prediction, submit

Desk = Callable[..., TestClient]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.ANALYST, Role.SUPERVISOR])
def test_readers_see_the_page_and_its_plots(desk: Desk, portal: Portal, role: Role) -> None:
    for text in TEXTS:
        submit(portal, text)
    browser = desk(role)
    page = browser.get("/desk/router")
    assert page.status_code == 200
    assert portal.router.model().name in page.text
    assert f'<p class="stat-value num">{len(TEXTS)}</p>' in page.text
    for name in ("reliability", "coverage"):
        plot = browser.get(f"/desk/router/{name}.svg")
        assert plot.headers["content-type"].startswith("image/svg+xml")
        assert b"<script" not in plot.content


def test_where_nothing_was_routed_yet_words_stand_instead_of_empty_plots(
    desk: Desk, portal: Portal, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk(Role.ANALYST).get("/desk/router").text
    assert "/desk/router/coverage.svg" not in page
    assert "/desk/router/reliability.svg" not in page
    for words in ("还没有足够的人工结论", "还没有派单建议", "近 30 天没有派单建议"):
        assert words in page
    submit(portal, TEXTS[0])
    page = desk(Role.SUPERVISOR).get("/desk/router").text
    assert "/desk/router/coverage.svg" not in page, "a plot without a point says nothing"
    assert "/desk/router/reliability.svg" not in page
    assert "还没有足够的人工结论" in page
    assert "先看每个门槛能放手多少" in page
    case_no, group = sampled_prediction(portal)
    prediction = db.scalars(select(Prediction).where(Prediction.subject == f"case {case_no}")).one()
    keep_decision(db, prediction, "lu", group, is_blind=True)
    monkeypatch.setattr(weighing, "LEAST_SIZE", 1.0)
    assert "/desk/router/coverage.svg" in desk(Role.DISPATCHER).get("/desk/router").text


def test_only_a_supervisor_finds_buttons_and_may_use_them(desk: Desk, portal: Portal, small_models: list[Path]) -> None:
    keep_passed(portal, small_models[1])
    assert "/desk/router/promote" not in desk(Role.ANALYST).get("/desk/router").text
    for act in ("train", "promote", "rollback"):
        assert desk(Role.ANALYST, username=f"a-{act}").post(f"/desk/router/{act}").status_code == 403
    assert "/desk/router/promote" in desk(Role.SUPERVISOR).get("/desk/router").text


def test_one_click_promotes_and_one_goes_back(desk: Desk, portal: Portal, small_models: list[Path]) -> None:
    before = portal.router.model().name
    name = keep_passed(portal, small_models[1])
    supervisor = desk(Role.SUPERVISOR)
    assert supervisor.post("/desk/router/promote").status_code == 303
    assert portal.router.model().name == name
    assert "退回上一个模型" in supervisor.get("/desk/router").text
    assert supervisor.post("/desk/router/rollback").status_code == 303
    assert portal.router.model().name == before


def test_a_refused_challenger_shows_why_and_no_button(desk: Desk, portal: Portal, small_models: list[Path]) -> None:
    keep_passed(portal, small_models[1], promote=False)
    supervisor = desk(Role.SUPERVISOR)
    page = supervisor.get("/desk/router").text
    assert "检验未通过" in page
    assert f"“{portal.city.group('pets').short}”的正确率变了" in page
    assert "/desk/router/promote" not in page
    assert supervisor.post("/desk/router/promote").status_code == 409


def test_training_starts_after_the_answer_and_only_with_something_to_learn(
    desk: Desk, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(training, "train_in_background", lambda _portal, by: started.append(by))
    supervisor = desk(Role.SUPERVISOR, username="zhou")
    assert supervisor.post("/desk/router/train").status_code == 409
    with portal.database.write() as db:
        keep_example(db, "case A", TEXTS[1], "pets")
    assert supervisor.post("/desk/router/train").status_code == 303
    assert started == ["zhou"]


def test_the_desk_says_when_the_model_file_is_damaged(desk: Desk, portal: Portal) -> None:
    portal.router.path.write_bytes(b"PK not a model")
    page = desk(Role.SUPERVISOR).get("/desk/router")
    assert page.status_code == 200
    assert "没有可用的模型" in page.text


def test_corrections_show_as_confusions_with_the_redacted_text(desk: Desk, portal: Portal) -> None:
    number = submit(portal, f"{TEXTS[1]}我的电话是13912345678。")
    with portal.database.write() as db:
        prediction = db.scalars(select(Prediction)).one()
        keep_decision(db, prediction, "lu", "markets")
        keep_example(db, f"case {number}", "楼下的狗整天叫", "markets")
    page = desk(Role.ANALYST).get("/desk/router").text
    assert "楼下的狗整天叫" in page
    assert f"→ {portal.city.group('markets').short}" in page
    assert "13912345678" not in page


def test_the_price_of_a_mistake_moves_what_goes_alone(desk: Desk, portal: Portal) -> None:
    submit(portal, TEXTS[1])
    analyst = desk(Role.ANALYST)
    assert "按 30.0 次查看计，概率达到 96.7%" in analyst.get("/desk/router?wrong=30").text
    assert "按 1.0 次查看计，概率达到 0.0%" in analyst.get("/desk/router?wrong=-4").text
    assert analyst.get("/desk/router?wrong=nonsense").status_code == 200


def test_the_blind_page_shows_the_text_and_never_the_suggestion(desk: Desk, portal: Portal, db: Session) -> None:
    case_no, _group = sampled_prediction(portal)
    page = desk(Role.DISPATCHER).get("/desk/router/audit").text
    row = db.scalars(select(Prediction).where(Prediction.subject == f"case {case_no}")).one()
    assert TEXTS[0] in page
    assert case_no not in page
    assert "<mark>" not in page
    assert " checked" not in page
    assert row.model not in page
    assert f"{row.probability * 100:.0f}%" not in page


def test_a_blind_judgement_counts_once_and_teaches(desk: Desk, portal: Portal, db: Session) -> None:
    case_no, group = sampled_prediction(portal)
    row = db.scalars(select(Prediction).where(Prediction.subject == f"case {case_no}")).one()
    second = desk(Role.DISPATCHER, username="second")
    answer = {"prediction": row.id, "group": "markets"}
    assert second.post("/desk/router/audit", data=answer).status_code == 303
    decision = db.scalars(select(Decision)).one()
    assert (decision.group, decision.is_blind, decision.actor) == ("markets", True, "second")
    assert db.scalars(select(Example.group)).one() == "markets"
    assert second.post("/desk/router/audit", data=answer).status_code == 409
    assert "目前没有等您复核的样本" in second.get("/desk/router/audit").text
    assert group != "markets"
    assert "0.0%（0 / 1" in second.get("/desk/router").text


def test_who_decided_about_a_case_is_not_its_second_person(desk: Desk, portal: Portal, db: Session) -> None:
    case_no, group = sampled_prediction(portal)
    row = db.scalars(select(Prediction).where(Prediction.subject == f"case {case_no}")).one()
    with portal.database.write() as session:
        keep_decision(session, session.get_one(Prediction, row.id), "lu", group)
    assert "目前没有等您复核的样本" in desk(Role.DISPATCHER, username="lu").get("/desk/router/audit").text
    assert TEXTS[0] in desk(Role.DISPATCHER, username="wang").get("/desk/router/audit").text


def test_nothing_outside_the_sample_can_be_judged_blind(desk: Desk, portal: Portal, db: Session) -> None:
    numbers = [submit(portal, TEXTS[0] + str(number)) for number in range(3)]
    outside = next(number for number in numbers if not is_sampled(portal.secrets, f"case {number}"))
    row = db.scalars(select(Prediction).where(Prediction.subject == f"case {outside}")).one()
    answer = desk(Role.DISPATCHER).post("/desk/router/audit", data={"prediction": row.id, "group": "pets"})
    assert answer.status_code == 409
    assert not db.scalars(select(Decision)).all()


def test_a_judgement_without_a_group_is_asked_again(desk: Desk, portal: Portal, db: Session) -> None:
    case_no, _group = sampled_prediction(portal)
    row = db.scalars(select(Prediction).where(Prediction.subject == f"case {case_no}")).one()
    answer = desk(Role.DISPATCHER).post("/desk/router/audit", data={"prediction": row.id})
    assert answer.status_code == 422
    assert "请选择一个组" in answer.text


def test_the_sample_is_about_four_in_a_hundred_and_always_the_same(portal: Portal) -> None:
    chosen = [is_sampled(portal.secrets, f"case CZ20260504-{number:04d}") for number in range(5000)]
    assert chosen == [is_sampled(portal.secrets, f"case CZ20260504-{number:04d}") for number in range(5000)]
    assert abs(sum(chosen) / 5000 - AUDIT_SHARE) < 0.01


def test_an_edited_text_counts_once_by_its_newest_prediction(portal: Portal) -> None:
    from portal.groups.ledger import keep_prediction
    from portal.groups.queries import list_lines

    with portal.database.write() as db:
        for text in TEXTS[:2]:
            keep_prediction(db, "case A", text, portal.router.suggest(text))
    with portal.database.read() as db:
        lines = list_lines(db, now() - timedelta(days=1))
    assert [one.group for one in lines] == [portal.router.suggest(TEXTS[1]).group]
