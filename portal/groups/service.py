"""Changing the live model: the challenger that passed the gate goes live, and the one before comes back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.signing import Secrets
from portal.groups import store
from portal.groups.ledger import is_sampled, keep_decision, keep_example
from portal.groups.models import Decision, ModelState, ModelVersion, Prediction
from portal.groups.queries import find_challenger, find_example, find_version, list_retired, list_was_live
from portal.groups.router import Router

if TYPE_CHECKING:
    from ml.predict import Model


def keep_challenger(db: Session, by: str, card: dict[str, Any], verdict: dict[str, Any]) -> ModelVersion:
    """Write down a new challenger and the gate's verdict; an older challenger retires."""
    older = find_challenger(db)
    if older is not None and older.name != card["name"]:
        _move(older, ModelState.RETIRED, by)
    version = find_version(db, card["name"])
    if version is None:
        version = _add(db, card, by, ModelState.CHALLENGER)
    elif version.state != ModelState.LIVE:
        _move(version, ModelState.CHALLENGER, by)
    version.card, version.verdict = card, verdict
    audit.record(db, by, "router.train", f"model {version.name}", promote=bool(verdict["promote"]))
    db.flush()
    return version


def promote(db: Session, router: Router, by: Person | str) -> ModelVersion:
    """Let the challenger go live, when the gate said so; the live model retires and stays at hand."""
    challenger = find_challenger(db)
    if challenger is None:
        raise Conflict(_("没有待上线的候选模型。"), _("请先训练候选模型。"))
    if not challenger.verdict.get("promote"):
        raise Conflict(_("候选模型没有通过检验，不能上线。"), _("请看检验结论，把点名的更正复核完再训练。"))
    _check(router.path, challenger)
    _retire_live(db, router, by)
    challenger.live_at = now()
    return _go_live(db, router, challenger, by, "router.promote")


def rollback(db: Session, router: Router, by: Person | str) -> ModelVersion:
    """Bring back the model that was live before this one, from its own file, sign for sign."""
    live = router.model()
    current = find_version(db, live.name) if live is not None else None
    before = current.live_at if current is not None else None
    for previous in list_was_live(db, before):
        if store.place(router.path, previous.name).is_file() and previous is not current:
            _check(router.path, previous)
            _retire_live(db, router, by)
            return _go_live(db, router, previous, by, "router.rollback")
    raise Conflict(_("没有可以退回的模型。"), _("更换过模型之后才能退回。"))


def _check(live: Path, version: ModelVersion) -> "Model":
    from ml.predict import BadModel

    try:
        return store.load(store.place(live, version.name), version.card)
    except BadModel as error:
        raise Conflict(str(error), _("请重新训练候选模型。")) from error


def _retire_live(db: Session, router: Router, by: Person | str) -> None:
    """Keep the live model's file and card to go back to; one that cannot be read is not worth keeping."""
    model = router.model()
    for other in db.query(ModelVersion).filter(ModelVersion.state == ModelState.LIVE):
        _move(other, ModelState.RETIRED, _name(by))
    if model is None:
        return
    version = find_version(db, model.name)
    if version is None:
        version = _add(db, model.card, "portal router train", ModelState.RETIRED)
    version.live_at = version.live_at or version.at
    if not store.place(router.path, model.name).is_file():
        store.copy_model(router.path, store.place(router.path, model.name))


def _go_live(db: Session, router: Router, version: ModelVersion, by: Person | str, act: str) -> ModelVersion:
    _move(version, ModelState.LIVE, _name(by))
    audit.record(db, by, act, f"model {version.name}")
    db.flush()
    # The file comes last: what can still fail above then changes nothing for the public.
    store.copy_model(store.place(router.path, version.name), router.path)
    drop_old_files(db, router)
    return version


def drop_old_files(db: Session, router: Router) -> None:
    """Keep the files of the live model, the challenger, and the newest three that were live."""
    live, challenger = router.model(), find_challenger(db)
    names = {version.name for version in list_retired(db)[: store.KEPT]}
    names |= {live.name} if live is not None else set()
    names |= {challenger.name} if challenger is not None else set()
    store.drop_others(router.path, names)


def _add(db: Session, card: dict[str, Any], by: str, state: ModelState) -> ModelVersion:
    version = ModelVersion(
        at=now(), by=by, name=card["name"], state=state, card=card, verdict={}, changed_at=now(), changed_by=by
    )
    db.add(version)
    return version


def _move(version: ModelVersion, state: ModelState, by: str) -> None:
    version.state, version.changed_at, version.changed_by = state, now(), by


def _name(by: Person | str) -> str:
    return by if isinstance(by, str) else by.username


def judge_blind(
    db: Session, secrets: Secrets, router: Router, person: Person, prediction: Prediction, group: str
) -> Decision:
    """Keep what a second person decided without seeing the suggestion, and learn from it.

    Raises Conflict when the prediction is not in the sample, or is judged already.
    """
    source = router.find_source(db, prediction.subject)
    is_open = prediction.is_auto and is_sampled(secrets, prediction.subject)
    judged = db.query(Decision).filter(Decision.prediction_id == prediction.id)
    if source is None or source.is_confidential or not is_open:
        raise Conflict(_("这一条不在复核样本里。"), _("请从复核页面选择。"))
    if any(decision.is_blind or decision.actor == person.username for decision in judged):
        raise Conflict(_("这一条已经复核过了。"), _("请继续下一条。"))
    decision = keep_decision(db, prediction, person.username, group, "audit", is_blind=True)
    if find_example(db, prediction.subject) is None:
        keep_example(db, prediction.subject, source.public, group)
    audit.record(db, person, "router.audit", prediction.subject)
    return decision
