"""A receipt proves what was promised: any changed sign fails, and a new key leaves old receipts valid."""

import string

from starlette.testclient import TestClient

from portal.cases.proof import make_receipt, read_receipt
from portal.core.signing import Secrets
from portal.core.web import Portal
from tests.cases.factories import TEXT, make_case

JSON = {"Accept": "application/json"}
SIGNS = string.ascii_letters + string.digits + "-_."
OLD, NEW = "an old secret key for tests", "a newer secret key for tests"


def submit(client: TestClient) -> dict[str, str]:
    answer: dict[str, str] = client.post("/cases", data={"kind": "complaint", "text": TEXT}, headers=JSON).json()
    return answer


def test_a_receipt_says_number_time_digest_and_promise(client: TestClient, portal: Portal) -> None:
    body = submit(client)
    found = read_receipt(portal.secrets, body["receipt"])
    assert found is not None
    assert (found.case_no, found.due_on) == (body["case_no"], body["due_on"])
    page = client.get("/cases/verify", params={"receipt": body["receipt"]})
    assert "凭证有效" in page.text
    assert found.digest in page.text


def test_every_changed_sign_of_a_receipt_fails(client: TestClient, portal: Portal) -> None:
    receipt = submit(client)["receipt"]
    for place, sign in enumerate(receipt):
        for other in SIGNS if place == len(receipt) - 1 else (SIGNS[(SIGNS.index(sign) + 1) % len(SIGNS)],):
            changed = receipt[:place] + other + receipt[place + 1 :]
            assert changed == receipt or read_receipt(portal.secrets, changed) is None, (place, other)
    for longer in (f"{receipt}!", f"!{receipt}", f"{receipt}=", receipt[:-1], receipt.replace(".", ".."), ""):
        assert read_receipt(portal.secrets, longer) is None


def test_a_copy_with_line_breaks_is_still_the_receipt(client: TestClient, portal: Portal) -> None:
    receipt = submit(client)["receipt"]
    assert read_receipt(portal.secrets, f" {receipt[:20]}\n{receipt[20:]} ") is not None


def test_receipts_stay_valid_when_a_new_key_is_put_in_front_and_when_the_old_one_goes(portal: Portal) -> None:
    from portal.cases.queries import find_case

    number = make_case(portal)
    with portal.database.read() as db:
        case = find_case(db, number)
    assert case is not None
    before, both, after = Secrets((OLD,)), Secrets((NEW, OLD)), Secrets((NEW,))
    old, new = make_receipt(before, case), make_receipt(both, case)
    assert read_receipt(both, old) is not None
    assert read_receipt(after, new) is not None
    assert read_receipt(after, old) is None
    assert read_receipt(both, portal.secrets.seal("another purpose", [number, "", "", ""])) is None


def test_the_same_case_gives_the_same_receipt(client: TestClient) -> None:
    form = {"kind": "complaint", "text": TEXT, "submission_id": "b1946ac92492d2347c6235b4d2611184"}
    first, second = (client.post("/cases", data=form, headers=JSON).json() for _turn in range(2))
    assert first["receipt"] == second["receipt"]
