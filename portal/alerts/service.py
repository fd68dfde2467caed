"""Asking for alerts, saying yes to them, ending them, and writing what there is to tell."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from portal.alerts.models import Alert
from portal.cases import Case
from portal.core.clock import local, now, start_of
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, write_message
from portal.core.web import Portal
from portal.groups import City

CONFIRM, STOP = "confirm an alert", "end an alert"
CONFIRM_S, STOP_S = 2 * 24 * 3600, 400 * 24 * 3600
MOST_EACH = 20
"""Alerts of one address, and cases named in one e-mail."""
HOUR = 8


def name_of(city: City, group: str, district: str) -> str:
    """What an alert is about, in words."""
    parts = [city.find_group(group), city.find_district(district)]
    return " · ".join(part.name for part in parts if part) or _("全市")


def ask(db: Session, portal: Portal, email: str, group: str, district: str) -> None:
    """Keep a wish and write to the address whether it is its own; says nothing about what was there before."""
    hashed = portal.secrets.hash("alert", email.strip().lower())
    mine = select(Alert).where(Alert.email_hash == hashed)
    alert = db.scalar(mine.where(Alert.group == group, Alert.district == district))
    if alert is None:
        count = db.scalar(select(func.count()).select_from(mine.subquery())) or 0
        if count >= MOST_EACH:
            return
        moment = now()
        alert = Alert(
            email=portal.secrets.encrypt(email),
            email_hash=hashed,
            group=group,
            district=district,
            created_at=moment,
            told_until=moment,
        )
        db.add(alert)
        db.flush()
    if alert.confirmed_at is None:
        link = f"{portal.settings.base_url}/alerts/confirm/{portal.secrets.sign(CONFIRM, alert.id)}"
        name = name_of(portal.city, group, district)
        text = _("有人（希望是您）用这个邮箱订阅“%(name)s”的公开办理情况。请打开链接确认，48 小时内有效：%(link)s")
        text += "\n" + _("不是您订阅的，不用理会，不会再收到。")
        subject = _("请确认订阅：%(name)s") % {"name": name}
        write_message(db, portal.secrets, Channel.EMAIL, email, subject, text % {"name": name, "link": link}, "alerts")


def confirm(db: Session, alert: Alert) -> None:
    """The address said yes; it hears of what happens from now on."""
    if alert.confirmed_at is None:
        alert.confirmed_at = alert.told_until = now()
        db.flush()


def end(db: Session, number: int) -> None:
    """End an alert: nothing of it stays."""
    db.execute(delete(Alert).where(Alert.id == number))


def tell(portal: Portal, at: datetime | None = None) -> int:
    """Write to everybody who has something to hear, once a day from eight o'clock on; returns how many.

    Each alert is claimed in a transaction of its own, which also writes its message.
    """
    moment = at or now()
    morning = start_of(local(moment).date()) + timedelta(hours=HOUR)
    if moment < morning:
        return 0
    due = and_(Alert.confirmed_at.is_not(None), Alert.told_until < morning)
    with portal.database.read() as db:
        alerts = db.scalars(select(Alert).where(due).order_by(Alert.id)).all()
    told = 0
    for alert in alerts:
        with portal.database.write() as db:
            claimed = db.execute(update(Alert).where(Alert.id == alert.id, due).values(told_until=moment))
            if claimed.rowcount:  # type: ignore[attr-defined]
                told += _tell(portal, db, alert, moment)
    with portal.database.write() as db:
        late = moment - timedelta(seconds=CONFIRM_S)
        db.execute(delete(Alert).where(Alert.confirmed_at.is_(None), Alert.created_at < late))
    return told


def list_news(db: Session, alert: Alert, until: datetime) -> tuple[Sequence[Case], Sequence[Case]]:
    """Cases that became public, and public ones that were answered, since the alert's reader last heard."""
    query = select(Case).where(Case.is_hidden.is_(False), Case.public_from <= until)
    if alert.group:
        query = query.where(Case.group == alert.group)
    if alert.district:
        query = query.where(Case.district == alert.district)
    fresh = query.where(Case.public_from > alert.told_until).order_by(Case.public_from.desc()).limit(MOST_EACH)
    done = query.where(Case.resolved_at > alert.told_until, Case.resolved_at <= until, Case.reply_public != "")
    return db.scalars(fresh).all(), db.scalars(done.order_by(Case.resolved_at.desc()).limit(MOST_EACH)).all()


def _tell(portal: Portal, db: Session, alert: Alert, moment: datetime) -> bool:
    fresh, done = list_news(db, alert, moment)
    if not fresh and not done:
        return False
    base = portal.settings.base_url
    parts = []
    for title, cases in ((_("新公开的"), fresh), (_("有了答复的"), done)):
        if cases:
            parts.append("\n".join([title, *(f"· {case.summary} {base}/cases/{case.case_no}" for case in cases)]))
    name = name_of(portal.city, alert.group, alert.district)
    write_message(
        db,
        portal.secrets,
        Channel.EMAIL,
        portal.secrets.decrypt(alert.email),
        _("%(name)s：新公开 %(fresh)s 件，有答复 %(done)s 件") % {"name": name, "fresh": len(fresh), "done": len(done)},
        "\n\n".join(parts),
        about="alerts",
        stop_path=f"/alerts/stop/{portal.secrets.sign(STOP, alert.id)}",
    )
    return True
