"""Demo content of cases: each is led through its path by the real services, at back-dated moments."""

import tomllib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import closing, handling, joined, triage
from portal.cases.intake import NewCase, open_case
from portal.cases.lifecycle import Act, as_citizen, as_system
from portal.cases.models import Case
from portal.cases.photos import StoredPhoto, store_photos
from portal.cases.queries import get_whole_case, is_public
from portal.cases.states import Outcome, State, Who
from portal.cases.undo import withdraw_case
from portal.core.clock import local, now
from portal.core.photos import check_and_shrink
from portal.core.web import Portal

Entry = dict[str, Any]
GAPS = {
    "triage": timedelta(minutes=1),
    "dispatched": timedelta(minutes=40),
    "accepted": timedelta(hours=3),
    "in_progress": timedelta(hours=4),
    "resolved": timedelta(hours=44),
    "closed": timedelta(hours=20),
}
OUTCOMES = {outcome.value: outcome for outcome in Outcome} | {"explained": Outcome.NOT_SOLVED}
PEOPLE = {
    Who.TRIAGER: ("dispatcher", "分派员小陆"),
    Who.HANDLER: ("unit", "承办员小吴"),
    Who.ARBITER: ("supervisor", "督查员老钱"),
    Who.LEADER: ("supervisor2", "督查员老孙"),
}


def load_demo(portal: Portal) -> bool:
    """Load the demo; False when it was there already."""
    path = portal.settings.city_dir / portal.city.key / "demo" / "cases.toml"
    with portal.database.read() as db:
        if not path.exists() or db.scalar(select(Case.id).where(Case.is_sample).limit(1)):
            return False
    entries = tomllib.loads(path.read_text("utf-8"))["cases"]
    entries.sort(key=lambda entry: -int(entry["days_ago"]))
    numbers: dict[str, str] = {}
    # One transaction: a demo that was interrupted half-way is not there at all, and is loaded at the next start.
    with portal.database.write() as db:
        for place, entry in enumerate(entries):
            numbers[entry["key"]] = _Story(portal, db, entry, place, numbers).tell()
    return True


class _Story:
    """One case on its way through the states of its path."""

    def __init__(self, portal: Portal, db: Session, entry: Entry, place: int, numbers: dict[str, str]) -> None:
        self.portal, self.db, self.entry, self.numbers = portal, db, entry, numbers
        self.random = Random(place)
        self.path: list[str] = list(entry["path"])
        start = local(now()) - timedelta(days=int(entry["days_ago"]))
        start = start.replace(hour=8 + place % 12, minute=self.random.randrange(60), second=self.random.randrange(60))
        self.moment = min(start, now() - timedelta(hours=2))
        self.turn = 0
        self.case: Case

    def tell(self) -> str:
        """Open the case, walk its path, make it public where its reporter agreed; returns its number."""
        self.case = self._open()
        for number, state in enumerate(self.path[1:], 1):
            self._wait(state, len(self.path) - number)
            self._reload()
            if self.case.state != state or state == State.DISPATCHED:
                self._go(State(state))
        self._reload()
        self._publish()
        if self.entry.get("supervised") and self.case.queue <= 1:
            triage.supervise(self.db, self._as(Who.LEADER), self.case, "示例：重点督办")
        return self.case.case_no

    def _reload(self) -> None:
        self.db.flush()
        self.case = get_whole_case(self.db, self.case.case_no)

    def _wait(self, state: str, steps_left: int) -> None:
        gap = GAPS.get(state, timedelta(hours=6)) * self.random.uniform(0.6, 1.5)
        planned = local(self.moment + gap)
        if not 8 <= planned.hour < 19:
            days = 1 if planned.hour >= 19 else 0
            planned = planned.replace(hour=9, minute=self.random.randrange(60)) + timedelta(days=days)
        self.moment = min(planned, now() - timedelta(minutes=2 * steps_left))

    def _as(self, who: Who) -> Act:
        username, name = PEOPLE[who]
        portal = self.portal
        return Act(
            portal.city, portal.secrets, portal.settings.base_url, frozenset({who}), username, name, self.moment
        )  # fmt: skip

    def _open(self) -> Case:
        entry = self.entry
        photos = (self._photo(False),) if self._has_photo() else ()
        new = NewCase(
            kind=entry["kind"],
            text=entry["text"],
            place=entry.get("place", ""),
            district=entry.get("district"),
            lat=self._near(self.portal.city.center.lat) if entry.get("place") else None,
            lng=self._near(self.portal.city.center.lng) if entry.get("place") else None,
            is_anonymous=bool(entry.get("anonymous")),
            wants_publish=bool(entry["public"]),
            channel=entry["channel"],
            photos=photos,
            # A path that waits or ends before dispatch must not be overtaken by a sure router.
            is_suspect=self.path[1:2] != ["dispatched"],
            is_sample=True,
        )
        routing = self.portal.router.suggest(new.text)
        return open_case(self.db, as_citizen(self.portal, self.moment), new, routing).case

    def _near(self, centre: float) -> float:
        """An invented point around the middle of the city."""
        return round(centre + self.random.gauss(0, 0.04), 4)

    def _has_photo(self) -> bool:
        return bool(self.portal.city.kind(self.entry["kind"]).needs_proof and self.entry.get("district"))

    def _photo(self, is_after: bool) -> StoredPhoto:
        return store_photos(self.portal, [check_and_shrink(_picture(self.random, is_after))], self.moment)[0]

    def _go(self, state: State) -> None:
        steps: dict[State, Callable[[], object]] = {
            State.TRIAGE: lambda: None,
            State.DISPATCHED: self._dispatch,
            State.ACCEPTED: self._accept,
            State.IN_PROGRESS: self._work,
            State.NEED_INFO: lambda: handling.ask(self.db, self._as(Who.HANDLER), self.case, self.entry["question"]),
            State.RETURN_ASKED: self._return,
            State.EXTENSION_ASKED: self._extend,
            State.DEFERRED: self._defer,
            State.RESOLVED: self._resolve,
            State.REOPEN_ASKED: self._dispute,
            State.REOPENED: lambda: closing.decide_reopen(
                self.db, self._as(Who.ARBITER), self.case, True, "理由成立，请重新办理。"
            ),
            State.CLOSED: self._close,
            State.REJECTED: lambda: triage.reject(
                self.db, self._as(Who.TRIAGER), self.case, self.entry["decline_reason"], self.entry["decline_note"]
            ),
            State.TRANSFERRED: self._transfer,
            State.MERGED: self._merge,
            State.WITHDRAWN: lambda: withdraw_case(
                self.db, as_citizen(self.portal, self.moment), self.case, "写错了地方"
            ),
        }
        steps[state]()

    def _dispatch(self) -> None:
        group = self.entry["group"]
        units = [unit.key for unit in self.portal.city.units_for(group, self.entry.get("district"))]
        units += [unit.key for unit in self.portal.city.units if unit.key not in units]
        free = [unit for unit in units if unit not in self.case.returned_by]
        to = triage.Assignment(group, self.entry.get("unit") or free[0])
        if self.case.stands is State.RETURN_ASKED:
            triage.redispatch(self.db, self._as(Who.ARBITER), self.case, to)
        elif (self.case.stands, self.case.group, self.case.unit) != (State.DISPATCHED, to.group, to.unit):
            triage.dispatch(self.db, self._as(Who.TRIAGER), self.case, to)

    def _accept(self) -> None:
        if self.case.stands is State.RETURN_ASKED:
            triage.uphold(self.db, self._as(Who.ARBITER), self.case, "仍由本单位牵头")
        else:
            handling.accept(self.db, self._as(Who.HANDLER), self.case)

    def _work(self) -> None:
        case, state = self.case, self.case.stands
        if state is State.NEED_INFO:
            answer = self.entry.get("answer", "就在正门进去右手边。")
            handling.answer(self.db, as_citizen(self.portal, self.moment), case, answer)
        elif state is State.DEFERRED:
            handling.resume_work(self.db, self._as(Who.ARBITER), case)
        elif state is State.EXTENSION_ASKED:
            handling.decide_extension(self.db, self._as(Who.ARBITER), case, True, 3, "")
        else:
            who = Who.TRIAGER if case.is_confidential else Who.HANDLER
            handling.contact(self.db, self._as(who), case, self.entry.get("note", "已电话联系，约定到现场查看"))

    def _return(self) -> None:
        why = handling.Return(self.entry["return_reason"], self.entry["return_note"])
        handling.ask_return(self.db, self._as(Who.HANDLER), self.case, why)

    def _extend(self) -> None:
        handling.ask_extension(self.db, self._as(Who.HANDLER), self.case, self.entry["extension_reason"], 3)

    def _defer(self) -> None:
        days = min(int(self.entry["defer_review_days"]), self.portal.city.deadlines.pend_review_days)
        review_on = local(self.moment).date() + timedelta(days=days)
        what = handling.Deferral(self.entry["defer_reason"], self.entry["defer_note"], review_on)
        handling.propose_defer(self.db, self._as(Who.HANDLER), self.case, what)
        handling.defer(self.db, self._as(Who.ARBITER), self.case)

    def _resolve(self) -> None:
        outcome = OUTCOMES.get(self.entry.get("outcome", "solved"), Outcome.SOLVED)
        act = self._as(Who.HANDLER)
        photos = [self._photo(True)] if closing.needs_proof(act, self.case, outcome) else []
        closing.resolve(self.db, act, self.case, closing.Resolution(self.entry["reply"], outcome, photos))

    def _dispute(self) -> None:
        rating = closing.Rating(2, "no", self.entry.get("reopen_reason", "还没有解决。"))
        closing.rate(self.db, as_citizen(self.portal, self.moment), self.case, rating)

    def _close(self) -> None:
        if self.case.stands is State.REOPEN_ASKED:
            text = str(self.entry.get("reopen_refused") or "现场复核已经整改到位。")
            closing.decide_reopen(self.db, self._as(Who.ARBITER), self.case, False, text)
        elif int(self.entry.get("grade", 0)) >= closing.LEAST_SATISFIED and self.entry.get("solved") != "no":
            rating = closing.Rating(int(self.entry["grade"]), self.entry["solved"], self.entry.get("comment", ""))
            closing.rate(self.db, as_citizen(self.portal, self.moment), self.case, rating)
        else:
            closing.expire_rating(self.db, as_system(self.portal, self.moment), self.case)

    def _transfer(self) -> None:
        follow_up_on = local(self.moment).date() + timedelta(days=30)
        to, note = self.entry["transferred_to"], self.entry["transfer_note"]
        triage.transfer(self.db, self._as(Who.TRIAGER), self.case, to, follow_up_on, note)

    def _merge(self) -> None:
        main = self.numbers.get(self.entry["merged_into"])
        if main:
            joined.merge(self.db, self._as(Who.TRIAGER), self.case, get_whole_case(self.db, main))

    def _publish(self) -> None:
        case = self.case
        left_out = {State.REJECTED, State.MERGED, State.WITHDRAWN}
        if case.wants_publish and not case.is_confidential and case.stands not in left_out and not is_public(case):
            names = frozenset(photo.name for photo in case.photos)
            triage.publish(self.db, self._as(Who.TRIAGER), case, triage.Publication(photos=names))
            case.public_from = min(case.submitted_at + timedelta(days=1), now())


def _picture(random: Random, is_after: bool) -> bytes:
    """A drawn street: cluttered before, tidy after. Drawn, so that nobody takes it for a photo of a real place."""
    sky = (random.randrange(180, 226), random.randrange(200, 236), random.randrange(220, 246))
    image = Image.new("RGB", (640, 480), sky)
    draw = ImageDraw.Draw(image)
    for number in range(5):
        left, top = number * 130 + random.randrange(-20, 20), random.randrange(60, 200)
        shade = random.randrange(120, 200)
        draw.rectangle((left, top, left + 110, 320), fill=(shade, shade - 10, shade - 25))
        for floor in range(top + 20, 290, 42):
            draw.rectangle((left + 18, floor, left + 40, floor + 22), fill=(235, 228, 200))
            draw.rectangle((left + 66, floor, left + 88, floor + 22), fill=(235, 228, 200))
    draw.rectangle((0, 320, 640, 480), fill=(150, 148, 144))
    draw.line((0, 400, 640, 400), fill="white", width=5)
    if is_after:
        for left in range(20, 640, 90):
            draw.ellipse((left, 285, left + 46, 330), fill=(88, 140, 84))
    else:
        for _number in range(14):
            left, top = random.randrange(600), random.randrange(320, 450)
            colour = tuple(random.randrange(60, 220) for _channel in range(3))
            draw.rectangle((left, top, left + random.randrange(12, 60), top + random.randrange(10, 40)), fill=colour)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
