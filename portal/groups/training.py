"""Training a challenger from what staff decided: in a process of its own, judged by the gate, never live by itself."""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from portal.core.clock import local
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.web import Portal
from portal.groups import store
from portal.groups.models import Example, ModelVersion
from portal.groups.queries import list_examples
from portal.groups.reviewing import keep_doubts
from portal.groups.router import Router
from portal.groups.service import drop_old_files, keep_challenger

log = structlog.get_logger("portal.training")

CAP = 0.01
"""Share of all training texts that one sender, one day or one cluster of near-duplicates may have."""
LONGEST_S = 1800
LOCK = "training.lock"


@dataclass(frozen=True)
class Lesson:
    """A decided text for training. origin: a mark of its sender; cluster: a number near-duplicates share.

    example: the number of the row it comes from.  is_reviewed: a second person looked at the label.
    """

    text: str
    label: str
    decided_at: str
    day: str
    origin: str
    cluster: int
    example: int
    is_reviewed: bool = False


def cap(lessons: Iterable[Lesson], most: int) -> list[Lesson]:
    """The lessons, in order, without what any sender, day or cluster has beyond so many."""
    taken: Counter[tuple[str, object]] = Counter()
    kept = []
    for lesson in lessons:
        marks = [("day", lesson.day), ("cluster", lesson.cluster)]
        if lesson.origin:
            marks.append(("origin", lesson.origin))
        if all(taken[mark] < most for mark in marks):
            taken.update(marks)
            kept.append(lesson)
    return kept


def list_lessons(portal: Portal) -> list[Lesson]:
    """What may be learned from, oldest decision first: labels this city knows, capped by sender, day and cluster."""
    from ml.gate import clusters

    known = {*portal.router.groups, "other"}
    with portal.database.read() as db:
        rows = [row for row in list_examples(db) if row.group in known]
        origins = [_origin(portal.router.find_source(db, row.subject)) for row in rows]
    numbers = [int(number) for number in clusters([row.text for row in rows])]
    lessons = [_lesson(row, origin, number) for row, origin, number in zip(rows, origins, numbers, strict=True)]
    live = portal.router.model()
    corpus = int(live.card.get("rows", 0)) if live is not None else 0
    return cap(lessons, max(1, int((corpus + len(lessons)) * CAP)))


def _origin(source: Any) -> str:
    return source.origin if source is not None else ""


def _lesson(row: Example, origin: str, cluster: int) -> Lesson:
    day = local(row.decided_at).date().isoformat()
    is_reviewed = row.reviewed_at is not None
    return Lesson(row.text, row.group, row.decided_at.isoformat(), day, origin, cluster, row.id, is_reviewed)


def train_challenger(portal: Portal, by: str) -> ModelVersion:
    """Train on what staff decided, have the gate judge it against the live model, and write down the verdict.

    Raises Conflict, in words, when there is nothing to learn from, no live model, or a training that runs already.
    """
    router: Router = portal.router
    if router.model() is None:
        raise Conflict(_("现在没有可用的模型，无法比较。"), _("请先在服务器上运行 portal router train。"))
    lessons = list_lessons(portal)
    if not lessons:
        raise Conflict(_("还没有人工确认或更正的诉求。"), _("处理一些诉求之后再训练。"))
    with _alone(store.folder(router.path)), tempfile.TemporaryDirectory(dir=portal.settings.data) as folder:
        draft = Path(folder) / router.path.name
        verdict = _run(portal, lessons, draft)
        card = json.loads((Path(folder) / "model.json").read_text(encoding="utf-8"))
        store.copy_model(draft, store.place(router.path, card["name"]))
        with portal.database.write() as db:
            keep_doubts(db, {lessons[int(place)].example: group for place, group in verdict.pop("seem").items()})
            version = keep_challenger(db, by, card, verdict)
            drop_old_files(db, router)
    log.info("challenger trained", model=card["name"], promote=verdict["promote"], examples=len(lessons))
    return version


class _alone:  # noqa: N801 - reads as a word of the with statement
    """One training at a time; a mark left by a process that died is taken over after the longest time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK

    def __enter__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if is_training(self.path.parent.parent):
            raise Conflict(_("正在训练候选模型。"), _("通常一两分钟完成，请稍后刷新页面。"))
        self.path.touch()
        os.utime(self.path)

    def __exit__(self, *_error: object) -> None:
        self.path.unlink(missing_ok=True)


def is_training(data: Path) -> bool:
    """Whether a training runs now."""
    from portal.core.clock import now

    try:
        return now().timestamp() - (data / "models" / LOCK).stat().st_mtime < LONGEST_S
    except OSError:
        return False


def _run(portal: Portal, lessons: Sequence[Lesson], draft: Path) -> dict[str, Any]:
    """Train and judge in a process of its own: scikit-learn would stay in the server's memory for good."""
    settings = portal.settings
    table = draft.with_name("corrections.csv")
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "label", "decided_at", "reviewed"])
        writer.writerows([one.text, one.label, one.decided_at, "yes" if one.is_reviewed else ""] for one in lessons)
    command = [sys.executable, "-m", "portal", "router", "train", "--city", settings.city]
    command += ["--corrections", str(table), "--out", str(draft), "--against", str(portal.router.path)]
    place = {"PORTAL_CITY_DIR": str(settings.city_dir.absolute()), "PORTAL_DATA": str(settings.data.absolute())}
    root = Path(__file__).parents[2]
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH", ""))))
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **place, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired as error:
        raise Conflict(_("训练超过半小时，已停止。"), _("请联系技术人员查看日志。")) from error
    if done.returncode:
        log.error("training failed", reason=done.stderr.strip()[-500:])
        raise Conflict(_("训练没有完成。"), _("请联系技术人员查看日志。"))
    verdict: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return verdict


def train_in_background(portal: Portal, by: str) -> None:
    """Train when nobody waits for the answer; why it did not happen goes to the log."""
    try:
        train_challenger(portal, by)
    except Conflict as refusal:
        log.warning("no challenger", reason=refusal.message)
