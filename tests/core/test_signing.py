"""Tokens of one purpose each, codes people read out, and secrets at rest."""

import pytest
import time_machine

from portal.core.signing import BadToken, ExpiredToken, Secrets, plain_code, random_code

OLD, NEW = "an old key of the portal", "a new key of the portal"


def test_a_token_of_one_purpose_is_refused_for_another() -> None:
    secrets = Secrets((OLD,))
    token = secrets.sign("rating", {"case": 7})
    assert secrets.read("rating", token, 60) == {"case": 7}
    with pytest.raises(BadToken):
        secrets.read("withdraw", token, 60)


def test_a_changed_or_late_token_is_refused() -> None:
    secrets = Secrets((OLD,))
    with time_machine.travel("2026-11-20 08:00", tick=False):
        token = secrets.sign("rating", 7)
        assert secrets.read("rating", token, 60) == 7
    with time_machine.travel("2026-11-20 09:00", tick=False), pytest.raises(ExpiredToken):
        secrets.read("rating", token, 60)
    with pytest.raises(BadToken):
        secrets.read("rating", token[:-1] + ("A" if token[-1] != "A" else "B"), 60)


def test_each_reader_of_a_token_gets_a_value_of_its_own() -> None:
    secrets = Secrets((OLD,))
    token = secrets.sign("flash", {"text": "已保存"})
    secrets.read("flash", token, 60).clear()
    assert secrets.read("flash", token, 60) == {"text": "已保存"}


def test_keys_rotate_without_losing_what_was_signed_or_encrypted() -> None:
    before, between, after = Secrets((OLD,)), Secrets((NEW, OLD)), Secrets((NEW,))
    token, sealed, hashed = before.sign("x", 1), before.encrypt("13800000000"), before.hash("phone", "13800000000")
    assert between.read("x", token, 60) == 1
    assert between.decrypt(sealed) == "13800000000"
    assert between.hash("phone", "13800000000") == hashed
    assert after.decrypt(between.encrypt("again")) == "again"
    with pytest.raises(BadToken):
        after.decrypt(sealed)


def test_text_at_rest_cannot_be_read_or_changed() -> None:
    secrets = Secrets((OLD,))
    sealed = secrets.encrypt("市民的电话")
    assert "市民" not in sealed
    assert sealed != secrets.encrypt("市民的电话")
    with pytest.raises(BadToken):
        secrets.decrypt(sealed[:-4] + "AAAA")


def test_codes_forgive_what_people_confuse() -> None:
    code = random_code()
    assert len(code) == 10
    assert plain_code(f" {code[:5].lower()}-{code[5:]} ") == code
    assert plain_code("oOiIl") == "00111"


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        Secrets(("short",))
