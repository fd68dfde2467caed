"""What a town does with its portal on an ordinary day: reads, reports, tracks, rates, answers, searches, works."""

import random
import secrets
from collections import Counter
from dataclasses import dataclass, field

from httpx2 import Client, Response

from portal.accounts.demo import demo_password
from tests.cases.factories import photo_bytes
from tests.walk.crawl import read_sheets

PAGES = (
    *("/", "/news", "/people", "/credit", "/board", "/groups", "/cases", "/cases?state=closed", "/surveys"),
    *("/pages/about", "/cases/new", "/news/feed.atom", "/groups/main_roads", "/surveys/satisfaction-2026"),
    *("/surveys/satisfaction-2026-q2/results", "/sitemap.xml", "/healthz"),
)
EXPORTS = (
    *("/data/cases.csv", "/data/cases.json", "/data/figures.csv", "/data/people.json", "/data/survey_figures.csv"),
    *("/open311/v2/services.json", "/open311/v2/requests.json", "/open311/v2/requests.xml"),
)
DESK_PAGES = {
    "dispatcher": ("/desk", "/desk/cases", "/desk/cases?view=open", "/desk/cases/changes", "/desk/router"),
    "supervisor": ("/desk", "/desk/cases", "/desk/figures", "/desk/figures.xlsx"),
    "editor": ("/desk", "/desk/news", "/desk/people", "/desk/credit", "/desk/credit/export"),
    "analyst": ("/desk", "/desk/surveys", "/desk/figures", "/desk/figures.csv"),
    "auditor": ("/desk", "/desk/audit"),
    "admin": ("/desk", "/desk/staff", "/desk/outbox", "/desk/city"),
}
THINGS = ("路面坑洼", "井盖松动", "人行道地砖碎了", "路灯不亮", "护栏倒了", "垃圾桶满了没人清", "绿化带里堆着渣土")
PLACES = ("示例路与示例街路口", "示例小学东门", "示例新村北门", "示例大桥南头", "示例菜市场门口")
WORDS = ("路灯", "停车", "示例", "文明", "垃圾", "志愿者")


@dataclass
class Townspeople:
    """Readers, citizens and staff of one demo portal. statuses: how often each kind of errand got each status."""

    base: str
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    _staff: dict[str, Client] = field(default_factory=dict)
    _receipts: list[tuple[str, str]] = field(default_factory=list)

    def run_errand(self) -> None:
        """One errand of one of them, the frequent ones more often."""
        errands = (self.read, self.report, self.track, self.answer_survey, self.search, self.export, self.work)
        random.choices((*errands, self.handle), (40, 12, 10, 8, 10, 4, 12, 4))[0]()

    def citizen(self) -> Client:
        """A browser without cookies, at an address of its own."""
        address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
        return Client(base_url=self.base, headers={"X-Forwarded-For": address}, timeout=60)

    def read(self) -> None:
        """A few pages, now and then one that nobody kept."""
        with self.citizen() as client:
            for path in random.choices(PAGES, k=3):
                self._note(
                    "read", client.get(path, params={"n": secrets.token_hex(4)} if random.random() < 0.2 else {})
                )

    def report(self) -> None:
        """A complaint through the form, one in four with a photo."""
        with self.citizen() as client:
            self._note("report", client.get("/cases/new"))
            self._submit(client)

    def track(self) -> None:
        """Look a case up by number and code, sometimes by a wrong one."""
        if not self._receipts:
            return
        number, code = random.choice(self._receipts)
        with self.citizen() as client:
            found = client.post("/cases/track", data={"case_no": number, "query_code": code})
            self._note("track", found)
            self._note("track", client.get(f"/cases/{number}/mine"))
            self._note("track", client.post("/cases/track", data={"case_no": number, "query_code": "0000000000"}))

    def answer_survey(self) -> None:
        """All pages of the open questionnaire."""
        with self.citizen() as client:
            path = "/surveys/satisfaction-2026"
            answer = client.get(path)
            for _page in range(6):
                self._note("answer", answer)
                sheet = next((one for one in read_sheets(path, answer.text) if one.action == path), None)
                if answer.status_code != 200 or sheet is None:
                    return
                answer = client.post(path, data=sheet.filled())

    def search(self) -> None:
        """Look for a word."""
        with self.citizen() as client:
            self._note("search", client.get("/search", params={"q": random.choice(WORDS)}))
            self._note("search", client.get("/cases", params={"q": random.choice(WORDS)}))

    def export(self) -> None:
        """Open data, as a machine takes it."""
        with self.citizen() as client:
            self._note("export", client.get(random.choice(EXPORTS)))

    def work(self) -> None:
        """Look at a page of the desk."""
        who = random.choice(list(DESK_PAGES))
        self._note("work", self.staff(who).get(random.choice(DESK_PAGES[who])))

    def handle(self) -> None:
        """A case from the complaint to the grade: dispatched, signed for, contacted, resolved with a photo, rated."""
        with self.citizen() as client:
            receipt = self._submit(client)
            if receipt is None:
                return
            number, _code = receipt
            at = f"/desk/cases/{number}"
            office, unit = self.staff("dispatcher"), self.staff("unit")
            self._note("handle", office.get(at))
            self._note(
                "handle", office.post(f"{at}/dispatch", data={"group": "main_roads", "unit": "urban_management"})
            )
            self._note("handle", unit.get(at))
            self._note("handle", unit.post(f"{at}/accept"))
            self._note("handle", unit.post(f"{at}/contact", data={"text": "电话约好明早到现场。"}))
            proof = [("photos", ("after.jpg", photo_bytes("green"), "image/jpeg"))]
            done = {"text": "已修好，请您到现场看看。", "outcome": "solved"}
            self._note("handle", unit.post(f"{at}/resolve", data=done, files=proof))
            self._note("handle", client.post(f"/cases/{number}/rating", data={"grade": "4", "solved": "yes"}))

    def staff(self, name: str) -> Client:
        """Somebody's signed-in browser; now and then they sign out and in again."""
        client = self._staff.get(name)
        if client is not None and random.random() < 0.05:
            self._note("sign out", client.post("/desk/logout"))
            client.close()
            client = None
        if client is None:
            client = self._staff[name] = self.citizen()
            client.headers["Sec-Fetch-Site"] = "same-origin"
            self._note("sign in", client.post("/desk/login", data={"username": name, "password": demo_password(name)}))
        return client

    def _submit(self, client: Client) -> tuple[str, str] | None:
        fields = {
            "kind": "complaint",
            "text": f"{random.choice(PLACES)}的{random.choice(THINGS)}，好几天了没有人管，走路要绕开，盼望尽快处理。",
            "place": random.choice(PLACES),
            "phone": f"138{random.randrange(10**8):08}",
            "submission_id": secrets.token_urlsafe(16),
        }
        photo = [("photos", ("a.jpg", photo_bytes(), "image/jpeg"))] if random.random() < 0.25 else None
        answer = client.post("/cases", data=fields, files=photo, headers={"Accept": "application/json"})
        self._note("submit", answer)
        if answer.status_code != 201:
            return None
        told = answer.json()
        self._receipts = [*self._receipts[-500:], (told["case_no"], told["query_code"])]
        return self._receipts[-1]

    def _note(self, errand: str, answer: Response) -> None:
        self.statuses[errand, answer.status_code] += 1
