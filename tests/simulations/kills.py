"""Whether an acknowledged complaint survives a server that is killed again and again. Run by hand.

    python -m tests.simulations.kills [--kills 200] [--least 10000] [--threads 8]

Citizens submit from several threads (one in ten with a photo) and repeat the same form until it is acknowledged,
while the server is ended by SIGKILL at random moments and started again. Afterwards every receipt must open its
case, no form may have made two, every photo must be readable, and all histories must be whole. SIGKILL does not
empty the system's page cache, so this says nothing about a power cut: for that `synchronous=FULL` stands.
"""

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.app import make_portal
from portal.cases import find_broken_histories, find_case
from portal.cases.models import Case, CasePhoto
from portal.cases.numbering import code_hash
from portal.commands.shared import read_environment
from portal.core.web import Portal
from tests.simulations.servers import KillableServer, Receipt, killable_server, submit_stubbornly


@dataclass(frozen=True)
class Outcome:
    """What became of the acknowledged complaints."""

    acknowledged: int
    kills: int
    lost: tuple[str, ...]
    doubled: int
    unreadable_photos: tuple[str, ...]
    broken_histories: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """True when nothing is lost, doubled or damaged."""
        return not (self.lost or self.doubled or self.unreadable_photos or self.broken_histories)


def harass(server: KillableServer, kills: int, least: int, threads: int, lull_s: tuple[float, float]) -> list[Receipt]:
    """Kill the server so many times, at least until so many complaints are acknowledged; the receipts.

    lull_s: shortest and longest time the server is left alone, in seconds.
    """
    receipts: list[Receipt] = []
    failures: list[AssertionError] = []
    is_over = threading.Event()

    def insist() -> None:
        while not is_over.is_set():
            try:
                receipts.append(submit_stubbornly(server.port))
            except AssertionError as error:
                failures.append(error)
                return

    crowd = [threading.Thread(target=insist, daemon=True) for _ in range(threads)]
    for one in crowd:
        one.start()
    done = 0
    while (done < kills or len(receipts) < least) and not failures:
        time.sleep(random.uniform(*lull_s))
        if done < kills:
            server.kill()
            server.start()
            done += 1
    is_over.set()
    for one in crowd:
        one.join()
    if failures:
        raise failures[0]
    return receipts


def judge(server: KillableServer, receipts: Collection[Receipt], kills: int) -> Outcome:
    """Look at the database and the photos with the server stopped."""
    server.kill()
    portal = make_portal(read_environment(**server.environ()))
    with portal.database.read() as db:
        lost = [one.case_no for one in receipts if not _opens(portal, db, one)]
        kept = db.scalar(select(func.count()).select_from(Case)) or 0
        photos = db.scalars(select(CasePhoto.key)).all()
        missing = [key for key in photos if not portal.photos.get(key)]
        with_photo = sum(one.has_photo for one in receipts)
        broken = [str(one) for one in find_broken_histories(db)]
    portal.database.dispose()
    if len(photos) < with_photo:
        missing.append(f"{with_photo - len(photos)} photos without a row")
    doubled = kept - len({one.submission_id for one in receipts})
    return Outcome(len(receipts), kills, tuple(lost), doubled, tuple(missing), tuple(broken))


def _opens(portal: Portal, db: Session, receipt: Receipt) -> bool:
    case = find_case(db, receipt.case_no)
    return case is not None and case.code_hash == code_hash(portal.secrets, case.case_no, receipt.query_code)


def main() -> None:
    """Print what was acknowledged, lost, doubled and damaged; exit 1 unless all is whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--least", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=8)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, killable_server(Path(folder)) as server:
        receipts = harass(server, chosen.kills, chosen.least, chosen.threads, (0.2, 2.0))
        outcome = judge(server, receipts, chosen.kills)
    print(f"acknowledged {outcome.acknowledged} under {outcome.kills} kills")
    print(f"lost {len(outcome.lost)}  doubled {outcome.doubled}")
    print(f"unreadable photos {len(outcome.unreadable_photos)}  broken histories {len(outcome.broken_histories)}")
    raise SystemExit(not outcome.is_whole)


if __name__ == "__main__":
    main()
