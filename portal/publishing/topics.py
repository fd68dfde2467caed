"""Writing topics (专题): their words are short and public, so a second person agrees before they are shown."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import now
from portal.core.errors import Forbidden
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.publishing.models import NewsTopic


@dataclass(frozen=True)
class TopicDraft:
    """All that is typed about a topic."""

    key: str
    title: str
    intro: str
    group_key: str | None = None
    is_closed: bool = False


def save_topic(db: Session, topic: NewsTopic | None, draft: TopicDraft, by: Person) -> NewsTopic:
    """Keep a topic; changed words must be agreed to again. A topic keeps its address for good."""
    if topic is None:
        topic = NewsTopic(key=draft.key, created_at=now(), made_by=by.username, title="", intro="")
        db.add(topic)
    if (topic.title, topic.intro) != (draft.title, draft.intro):
        topic.title, topic.intro = draft.title, draft.intro
        topic.made_by, topic.approved_by = by.username, ""
    topic.group_key, topic.is_closed = draft.group_key, draft.is_closed
    db.flush()
    audit.record(db, by, "news.save_topic", f"topic {topic.key}")
    return topic


def why_not_topic(topic: NewsTopic, by: Person) -> str:
    """Why this person may not agree to a topic's words; empty when they may."""
    return _("专题须由撰写人以外的人确认。") if topic.made_by == by.username else ""


def approve_topic(db: Session, topic: NewsTopic, by: Person) -> None:
    """Agree, as another person, that a topic is shown."""
    reason = why_not_topic(topic, by)
    if reason:
        raise Forbidden(reason)
    topic.approved_by = by.username
    db.flush()
    audit.record(db, by, "news.approve_topic", f"topic {topic.key}")
