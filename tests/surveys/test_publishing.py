"""From a closed survey to a published result: chosen by staff, frozen, with n, dates and intervals."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from portal.surveys import find_headline, find_open_survey, list_open, list_published
from portal.surveys.models import Survey, SurveyExclusion, SurveyResult, SurveyText
from portal.surveys.queries import list_values
from portal.surveys.service import close_survey
from tests.surveys.factories import GOOD, add_answers, make_open_survey

Desk = Callable[..., TestClient]
RESULTS = "/surveys/test-survey/results"


def closed(portal: Portal, good: int = 60, bad: int = 20) -> Survey:
    survey = make_open_survey(portal)
    add_answers(portal, survey, {**GOOD, "age": "1", "support": "1"}, times=good)
    add_answers(portal, survey, {"knows": "no", "overall": "2", "why": "1", "age": "2", "support": "3"}, times=bad)
    with portal.database.write() as db:
        close_survey(db, db.get_one(Survey, survey.id), "test")
    return survey


def publish(staff: TestClient, survey: Survey, *questions: str, **data: str) -> Any:
    return staff.post(f"/desk/surveys/{survey.id}/publish", data={"questions": list(questions), **data})


def test_only_the_chosen_questions_are_published_with_all_that_belongs_to_a_figure(
    client: TestClient, desk: Desk, portal: Portal
) -> None:
    survey = closed(portal)
    assert client.get(RESULTS).status_code == 404
    answer = publish(desk(Role.ANALYST), survey, "knows", "overall")
    assert (answer.status_code, answer.headers["location"]) == (303, RESULTS)
    page = client.get(RESULTS)
    assert page.status_code == 200
    for words in ("自愿参与样本，不代表全体市民", "未加权", "网上公开链接", "调查时间", "95% 区间", "知晓率", "75.0%"):
        assert words in page.text
    data = client.get(f"{RESULTS}.json").json()
    assert [row["key"] for row in data["questions"]] == ["knows", "overall"]
    assert data["n"] == 80
    rate = data["questions"][0]["figures"][0]
    assert (rate["share"], rate["low"], rate["high"]) == (0.75, 0.645, 0.832)


def test_files_hold_the_same_and_a_dictionary(client: TestClient, desk: Desk, portal: Portal) -> None:
    publish(desk(Role.ANALYST), closed(portal), "knows", "overall")
    rows = list(csv.DictReader(io.StringIO(client.get(f"{RESULTS}.csv").content.decode("utf-8-sig"))))
    assert {row["weighted"] for row in rows} == {"no"}
    assert next(row for row in rows if row["item"] == "awareness")["share_percent"] == "75.0"
    dictionary = client.get(f"{RESULTS}.csv?dictionary=1").content.decode("utf-8-sig")
    assert all(column in dictionary for column in rows[0])
    assert client.get(f"{RESULTS}.xlsx").content[:2] == b"PK"


def test_plots_are_files_of_their_own_that_run_nothing(client: TestClient, desk: Desk, portal: Portal) -> None:
    publish(desk(Role.ANALYST), closed(portal), "overall", "words")
    plot = client.get(f"{RESULTS}/overall.svg")
    assert plot.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in plot.headers["content-security-policy"]
    assert "<script" not in plot.text
    assert client.get(f"{RESULTS}/nothing.svg").status_code == 404


def test_fewer_than_30_answers_show_no_percentage(client: TestClient, desk: Desk, portal: Portal) -> None:
    publish(desk(Role.ANALYST), closed(portal, good=20, bad=9), "knows", "overall", "support")
    page = client.get(RESULTS).text
    assert "不足 30 份" in page
    data = client.get(f"{RESULTS}.json").json()
    assert all(cell["share"] is None for row in data["questions"] for cell in row["cells"])
    assert all(not row["figures"] for row in data["questions"])


def test_a_target_is_checked_on_the_public_page(client: TestClient, desk: Desk, portal: Portal) -> None:
    publish(desk(Role.ANALYST), closed(portal), "knows")
    assert "没有达到" in client.get(f"{RESULTS}?target=90").text
    assert "在误差内，不能下结论" in client.get(f"{RESULTS}?target=78").text
    assert "请填 0 到 100 之间的数" in client.get(f"{RESULTS}?target=viele").text


def test_a_published_result_is_corrected_by_a_new_one_with_a_reason(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    survey = closed(portal)
    staff = desk(Role.ANALYST)
    publish(staff, survey, "knows")
    refused = publish(staff, survey, "overall")
    assert refused.status_code == 422
    assert "写明更正了什么" in refused.text
    assert publish(staff, survey, "overall", note="补上满意率").status_code == 303
    assert "补上满意率" in client.get(RESULTS).text
    assert len(db.scalars(select(SurveyResult)).all()) == 2
    with pytest.raises(DBAPIError, match="append-only"), portal.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM survey_result")


def test_a_withdrawn_result_is_gone_with_its_reason_until_it_is_published_anew(
    client: TestClient, desk: Desk, portal: Portal
) -> None:
    survey = closed(portal)
    staff = desk(Role.ANALYST)
    path = f"/desk/surveys/{survey.id}/withdraw"
    assert staff.post(path, data={"reason": "太早"}).status_code == 409
    publish(staff, survey, "knows")
    assert staff.post(path, data={"reason": " "}).status_code == 422
    assert "撤下结果" in staff.get(f"/desk/surveys/{survey.id}").text
    assert staff.post(path, data={"reason": "加权用错了资料"}).status_code == 303
    for address in (RESULTS, f"{RESULTS}.json", f"{RESULTS}.csv", f"{RESULTS}/knows.svg"):
        assert client.get(address).status_code == 410
    assert "加权用错了资料" in client.get(RESULTS).text
    assert RESULTS not in client.get("/surveys").text
    assert publish(staff, survey, "knows").status_code == 422
    assert publish(staff, survey, "knows", note="改用新资料").status_code == 303
    assert client.get(RESULTS).status_code == 200


def test_weights_are_refused_with_the_reason_where_a_category_is_thin(desk: Desk, portal: Portal) -> None:
    survey = closed(portal)
    staff = desk(Role.ANALYST)
    page = staff.get(f"/desk/surveys/{survey.id}/analysis").text
    assert "不能加权" in page
    assert "45–59岁" in page
    assert publish(staff, survey, "knows", weighted="1").status_code == 422


def test_weighted_results_say_by_what_and_at_what_price(client: TestClient, desk: Desk, portal: Portal) -> None:
    survey = make_open_survey(portal)
    for age, times in (("1", 60), ("2", 30), ("3", 20), ("4", 15)):
        add_answers(portal, survey, {**GOOD, "age": age}, times=times)
        add_answers(portal, survey, {"knows": "no", "overall": "3", "age": age}, times=10)
    with portal.database.write() as db:
        close_survey(db, db.get_one(Survey, survey.id), "test")
    assert publish(desk(Role.ANALYST), survey, "knows", "overall", weighted="1", by="age").status_code == 303
    data = client.get(f"{RESULTS}.json").json()
    assert data["weighting"]["by"][0]["source"] == "示例，待统计部门提供"
    assert data["weighting"]["design_effect"] > 1
    assert data["questions"][0]["effective"] < data["n"]
    assert data["questions"][0]["breakdown"]["rows"]
    assert "设计效应" in client.get(RESULTS).text


def test_open_answers_are_public_only_after_somebody_looked(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    survey = make_open_survey(portal)
    for words in ("多种几棵树", "骂人的话"):
        client.post("/surveys/test-survey", data={**GOOD, "words": words})
        client.cookies.clear()
    with portal.database.write() as session:
        close_survey(session, session.get_one(Survey, survey.id), "test")
    staff = desk(Role.ANALYST)
    page = staff.get(f"/desk/surveys/{survey.id}/texts").text
    assert "多种几棵树" in page
    texts = {one.text_public: one.id for one in db.scalars(select(SurveyText))}
    path = f"/desk/surveys/{survey.id}/texts"
    assert staff.post(path, data={"texts": texts["多种几棵树"], "decision": "show"}).status_code == 303
    assert staff.post(path, data={"decision": "show"}).status_code == 422
    publish(staff, survey, "knows", "words")
    page = client.get(RESULTS).text
    assert "多种几棵树" in page
    assert "骂人的话" not in page


def test_leaving_answers_out_takes_two_persons_and_is_told(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    survey = make_open_survey(portal)
    add_answers(portal, survey, GOOD, times=40)
    add_answers(portal, survey, {"knows": "no", "overall": "1", "why": "1"}, times=6, address="10.9.9.9")
    first, second = desk(Role.ANALYST), desk(Role.SUPERVISOR)
    path = f"/desk/surveys/{survey.id}"
    page = first.get(f"{path}/fieldwork").text
    assert "其中 6 份内容相同" in page
    ids = page.split('name="answers" value="')[1].split('"')[0]
    assert first.post(f"{path}/exclusions", data={"answers": ids, "reason": ""}).status_code == 422
    assert first.post(f"{path}/exclusions", data={"answers": ids, "reason": "同一网络内容相同"}).status_code == 303
    number = db.scalars(select(SurveyExclusion.id)).one()
    with portal.database.write() as session:
        close_survey(session, session.get_one(Survey, survey.id), "test")
    assert publish(first, survey, "knows").status_code == 409
    verdict = {"verdict": "excluded"}
    assert first.post(f"{path}/exclusions/{number}", data=verdict).status_code == 409
    assert second.post(f"{path}/exclusions/{number}", data=verdict).status_code == 303
    db.rollback()
    assert len(list_values(db, survey)) == 40
    publish(first, survey, "knows")
    assert "有 6 份答卷经两人决定不计入：同一网络内容相同" in client.get(RESULTS).text


def test_two_waves_are_compared_with_an_interval(desk: Desk, portal: Portal) -> None:
    earlier = closed(portal)
    later = make_open_survey(portal, slug="later")
    add_answers(portal, later, GOOD, times=95)
    add_answers(portal, later, {"knows": "no", "overall": "3"}, times=5)
    page = desk(Role.ANALYST).get(f"/desk/surveys/{later.id}/analysis?wave={earlier.id}").text
    assert "+20.0" in page
    assert "这一期更高" in page


def test_a_published_wave_carries_its_change_and_the_trend(client: TestClient, desk: Desk, portal: Portal) -> None:
    earlier = closed(portal)
    staff = desk(Role.ANALYST)
    publish(staff, earlier, "knows", "overall")
    slugs = [earlier.slug]
    for number, good in enumerate((95, 90)):
        wave = make_open_survey(portal, slug=f"wave-{number}")
        add_answers(portal, wave, GOOD, times=good)
        add_answers(portal, wave, {"knows": "no", "overall": "3"}, times=100 - good)
        with portal.database.write() as db:
            close_survey(db, db.get_one(Survey, wave.id), "test")
        assert publish(staff, wave, "knows", "overall", wave=slugs[-1]).status_code == 303
        slugs.append(wave.slug)
    data = client.get("/surveys/wave-1/results.json").json()
    (knows, *_rest) = data["waves"]
    assert [point["survey"] for point in knows["points"]] == slugs
    assert [point["share"] for point in knows["points"]] == [0.75, 0.95, 0.9]
    assert knows["change"]["value"] == -5.0
    assert knows["change"]["low"] < 0 < knows["change"]["high"]
    assert not knows["change"]["is_sure"]
    page = client.get("/surveys/wave-1/results").text
    assert "和以前比" in page
    assert "在误差内" in page
    assert client.get("/surveys/wave-1/results/0-trend.svg").status_code == 200
    assert "<circle" in client.get("/surveys/wave-1/results/0-rates.svg").text
    rows = list(csv.DictReader(io.StringIO(client.get("/surveys/wave-1/results.csv").content.decode("utf-8-sig"))))
    assert next(row for row in rows if row["item"] == "awareness_change")["share_percent"] == "-5.0"
    # A draft, a slip of the pen and an unpublished wave compare with nothing.
    assert publish(staff, wave, "knows", wave="nothing", note="试").status_code == 303
    assert client.get("/surveys/wave-1/results.json").json()["waves"] == []


def test_the_sample_stands_beside_the_population(client: TestClient, desk: Desk, portal: Portal) -> None:
    publish(desk(Role.ANALYST), closed(portal), "knows")
    (trait,) = client.get(f"{RESULTS}.json").json()["traits"]
    assert trait["source"] == "示例，待统计部门提供"
    assert [row["count_text"] for row in trait["rows"]] == ["60", "20", "0", "0"]
    assert trait["rows"][0]["sample_text"] == "75.0%"
    assert "占人口" in client.get(RESULTS).text


def test_the_face_gives_the_front_page_what_it_shows(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    assert find_open_survey(db) is None
    db.rollback()
    survey = closed(portal)
    publish(desk(Role.ANALYST), survey, "knows")
    other = make_open_survey(portal, slug="other")
    assert [one.slug for one in list_open(db)] == ["other"]
    assert [one.slug for one in list_published(db)] == ["test-survey"]
    headline = find_headline(db, db.get_one(Survey, survey.id))
    assert headline is not None
    assert (headline.figure, headline.n, headline.value, headline.is_weighted) == ("知晓率", 80, 0.75, False)
    assert find_headline(db, other) is None
    found = find_open_survey(db)
    assert found is not None
    assert found.id == other.id
    page = client.get("/surveys").text
    assert page.index("/surveys/other") < page.index(RESULTS)
