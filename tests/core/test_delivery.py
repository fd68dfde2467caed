"""Messages reach a real mail server and a real gateway, once each, whatever happens on the way."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
import time_machine
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from portal.app import create_app
from portal.core import sending
from portal.core.clock import now
from portal.core.mail import CLAIM, PAUSES, Channel, Delivery, OutboxMessage, deliver_due, write_message
from portal.core.settings import Settings
from portal.core.web import Portal
from tests.conftest import ROOT
from tests.core.receivers import Gateway, MailServer, free_port, gateway, mail_server, silence

WORKER = """
import os
from portal.app import make_portal
from portal.core.mail import deliver_due
from portal.core.settings import read_settings
deliver_due(make_portal(read_settings(os.environ)))
"""
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
Connect = Callable[..., Portal]


@pytest.fixture
def connect(settings: Settings) -> Iterator[Connect]:
    """connect(mail_url=…) is the same portal with channels."""
    apps: list[Starlette] = []

    def make(**urls: str) -> Portal:
        apps.append(create_app(replace(settings, **urls)))
        portal: Portal = apps[-1].state.portal
        return portal

    yield make
    for app in apps:
        app.state.portal.database.dispose()


@pytest.fixture
def post() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def phones() -> Iterator[Gateway]:
    with gateway() as found:
        yield found


def write(portal: Portal, channel: Channel = Channel.EMAIL, to: str = "li@example.com", stop_path: str = "") -> int:
    """A message that is due now; returns its number."""
    with portal.database.write() as db:
        text = "您的诉求有新进展。"
        return write_message(db, portal.secrets, channel, to, "您的诉求\n有新进展", text, "CZ-1", stop_path).id


def state(db: Session, number: int) -> tuple[str, int]:
    message = db.get_one(OutboxMessage, number)
    db.refresh(message)
    return message.state, message.attempts


def test_an_email_arrives_in_chinese_and_with_one_click_to_end_them(connect: Connect, post: MailServer) -> None:
    portal = connect(mail_url=f"{post.url}?from=portal@city.example")
    write(portal, stop_path="/messages/token")
    assert deliver_due(portal) == 1
    assert deliver_due(portal) == 0
    (letter,) = post.letters
    assert letter["Subject"] == "您的诉求 有新进展"
    assert letter["From"].addresses[0].addr_spec == "portal@city.example"
    assert letter["To"] == "li@example.com"
    assert letter["List-Unsubscribe"] == "<http://testserver/messages/token>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "您的诉求有新进展。" in letter.get_content()
    assert "http://testserver/messages/token" in letter.get_content()


def test_a_gateway_learns_channel_number_text_and_a_key_that_stays_the_same(
    connect: Connect, phones: Gateway, db: Session
) -> None:
    portal = connect(sms_webhook=phones.url)
    phones.answers = [503]
    with time_machine.travel(START, tick=False) as clock:
        first = write(portal, Channel.SMS, "13812345678")
        deliver_due(portal)
        assert state(db, first) == (Delivery.DUE, 1)
        clock.shift(PAUSES[0])
        second = write(portal, Channel.WECHAT, "13812345678")
        deliver_due(portal)
    assert [call["channel"] for call in phones.calls] == ["sms", "sms", "wechat"]
    assert phones.calls[0] == {"channel": "sms", "to": "13812345678", "text": "您的诉求有新进展。", "id": first}
    assert phones.keys[0] == phones.keys[1] != phones.keys[2]
    assert state(db, first) == (Delivery.SENT, 2)
    assert state(db, second) == (Delivery.SENT, 1)


def test_without_a_channel_a_message_is_kept_and_nobody_is_called(connect: Connect, db: Session) -> None:
    portal = connect()
    number = write(portal)
    deliver_due(portal)
    assert state(db, number)[0] == Delivery.KEPT


def test_a_server_that_is_busy_is_tried_again_later_and_then_less_and_less_often(
    connect: Connect, post: MailServer, db: Session
) -> None:
    portal = connect(mail_url=post.url)
    post.answers = ["451 busy"] * len(PAUSES)
    with time_machine.travel(START, tick=False) as clock:
        number = write(portal)
        for tries, pause in enumerate(PAUSES, 1):
            deliver_due(portal)
            assert state(db, number) == (Delivery.DUE, tries)
            clock.shift(pause - timedelta(seconds=1))
            assert deliver_due(portal) == 0
            clock.shift(timedelta(seconds=1))
        deliver_due(portal)
    assert state(db, number)[0] == Delivery.SENT
    assert len(post.letters) == 1


def test_after_the_last_try_a_message_is_stuck(connect: Connect, db: Session) -> None:
    portal = connect(mail_url=f"smtp://127.0.0.1:{free_port()}")
    with time_machine.travel(START, tick=False) as clock:
        number = write(portal)
        for pause in (*PAUSES, PAUSES[-1]):
            deliver_due(portal)
            clock.shift(pause)
    assert state(db, number) == (Delivery.STUCK, len(PAUSES) + 1)
    assert "ConnectionRefusedError" in db.get_one(OutboxMessage, number).error


@pytest.mark.parametrize(
    ("refused", "answers", "expected"),
    [
        ({"li@example.com": "550 unknown"}, [], Delivery.STUCK),
        ({"li@example.com": "450 try later"}, [], Delivery.DUE),
        ({}, ["554 not wanted"], Delivery.STUCK),
    ],
)
def test_what_a_server_refuses_for_good_is_not_tried_again(
    connect: Connect, post: MailServer, db: Session, refused: dict[str, str], answers: list[str], expected: Delivery
) -> None:
    portal = connect(mail_url=post.url)
    post.refused, post.answers = refused, answers
    number, other = write(portal), write(portal, to="wang@example.com")
    deliver_due(portal)
    assert state(db, number)[0] == expected
    assert state(db, other)[0] == Delivery.SENT


@pytest.mark.parametrize(
    "address", ["li@example.com\nBcc: all@example.com", "nobody", "@", "李@", "a b@c d", "a@b,c@d"]
)
def test_an_address_that_is_none_holds_nobody_up(connect: Connect, post: MailServer, db: Session, address: str) -> None:
    portal = connect(mail_url=post.url)
    number, other = write(portal, to=address), write(portal)
    deliver_due(portal)
    assert state(db, number)[0] == Delivery.STUCK
    assert state(db, other)[0] == Delivery.SENT
    assert len(post.letters) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_what_a_gateway_refuses_for_good_is_not_tried_again(
    connect: Connect, phones: Gateway, db: Session, status: int
) -> None:
    portal = connect(sms_webhook=phones.url)
    phones.answers = [status]
    number, other = write(portal, Channel.SMS, "1"), write(portal, Channel.SMS, "13812345678")
    deliver_due(portal)
    assert state(db, number)[0] == Delivery.STUCK
    assert state(db, other)[0] == Delivery.SENT


@pytest.mark.parametrize("first", [b"", b"220 hello\r\n"])
def test_a_mail_server_that_hangs_costs_one_waiting_and_the_others_keep_their_turn(
    connect: Connect, phones: Gateway, db: Session, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    with silence(first) as port:
        portal = connect(mail_url=f"smtp://127.0.0.1:{port}", sms_webhook=phones.url)
        numbers = [write(portal), write(portal)]
        text = write(portal, Channel.SMS, "13812345678")
        assert deliver_due(portal) == 2
    assert [state(db, number) for number in numbers] == [(Delivery.DUE, 1), (Delivery.DUE, 0)]
    assert state(db, text)[0] == Delivery.SENT


def test_a_mail_server_that_dribbles_is_cut_off(connect: Connect, db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 30)
    monkeypatch.setattr(sending, "SECONDS_IN_ALL", 0.3)
    with silence(b"220-one moment\r\n") as port:
        portal = connect(mail_url=f"smtp://127.0.0.1:{port}")
        number = write(portal)
        deliver_due(portal)
    assert state(db, number) == (Delivery.DUE, 1)


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_gateway_that_hangs_is_given_up(
    connect: Connect, db: Session, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    with silence(first) as port:
        portal = connect(sms_webhook=f"http://127.0.0.1:{port}/")
        number = write(portal, Channel.SMS, "13812345678")
        deliver_due(portal)
    assert state(db, number) == (Delivery.DUE, 1)
    assert "Timeout" in db.get_one(OutboxMessage, number).error


def test_an_answer_without_end_does_not_hold_up(connect: Connect, db: Session) -> None:
    with silence(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nendless") as port:
        portal = connect(sms_webhook=f"http://127.0.0.1:{port}/")
        number = write(portal, Channel.SMS, "13812345678")
        deliver_due(portal)
    assert state(db, number) == (Delivery.SENT, 1)


def test_a_worker_that_was_killed_while_sending_loses_nothing(
    connect: Connect, settings: Settings, post: MailServer, db: Session
) -> None:
    """A real process, killed by SIGKILL while a server keeps it waiting; the next one sends after the claim."""
    number = write(connect())
    with silence() as port:
        environment = {
            "PORTAL_DATA": str(settings.data),
            "PORTAL_CITY_DIR": str(settings.city_dir),
            "PORTAL_DATABASE_URL": settings.database_url,
            "PORTAL_SECRET_KEY": settings.secret_key[0],
            "PORTAL_MAIL_URL": f"smtp://127.0.0.1:{port}",
        }
        worker = subprocess.Popen([sys.executable, "-c", WORKER], env={**os.environ, **environment}, cwd=ROOT)
        while state(db, number)[0] != Delivery.CLAIMED:
            assert worker.poll() is None
            sleep(0.05)
        worker.kill()
        worker.wait()
    assert state(db, number) == (Delivery.CLAIMED, 1)
    portal = connect(mail_url=post.url)
    assert deliver_due(portal) == 0
    with time_machine.travel(now() + CLAIM, tick=False):
        assert deliver_due(portal) == 1
    assert state(db, number) == (Delivery.SENT, 2)
    assert len(post.letters) == 1


def test_a_worker_that_slept_over_its_claim_does_not_undo_what_another_did(
    connect: Connect, post: MailServer, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = connect(mail_url=post.url)
    with time_machine.travel(START, tick=False) as clock:
        number = write(portal)
        real = sending.send

        def oversleep(portal: Portal, message: OutboxMessage) -> None:
            monkeypatch.setattr("portal.core.mail.send", real)
            clock.shift(CLAIM)
            assert deliver_due(portal) == 1
            raise sending.Undelivered("late")

        monkeypatch.setattr("portal.core.mail.send", oversleep)
        deliver_due(portal)
    assert state(db, number) == (Delivery.SENT, 2)


def test_workers_that_start_together_send_each_message_once(portal_on: Starlette) -> None:
    """On both engines."""
    portal: Portal = portal_on.state.portal
    with gateway() as phones:
        object.__setattr__(portal.settings, "sms_webhook", phones.url)
        numbers = {write(portal, Channel.SMS, f"138123456{place:02}") for place in range(12)}
        workers = [threading.Thread(target=deliver_due, args=(portal,)) for _worker in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(call["id"] for call in phones.calls) == sorted(numbers)


def test_what_a_rolled_back_transaction_wrote_is_never_sent(connect: Connect, post: MailServer) -> None:
    portal = connect(mail_url=post.url)
    with portal.database.unit() as db:
        write_message(db, portal.secrets, Channel.EMAIL, "li@example.com", "不会发出", "不会发出")
    deliver_due(portal)
    assert post.letters == []
