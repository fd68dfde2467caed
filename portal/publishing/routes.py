"""Doors of the news; the steps of review are editorial's."""

from portal.core.roles import Role
from portal.core.web import Door, get, post
from portal.publishing.desk import desk_create, desk_edit, desk_index, desk_new, desk_save, desk_show, pin
from portal.publishing.desk_topics import approve_topic, desk_topic, desk_topics, open_topic, save_topic
from portal.publishing.public import feed, index, show, topic, topics

CONTENT = (Role.EDITOR, Role.REVIEWER)

doors: list[Door] = [
    get("/news", index, is_kept=True),
    get("/news/feed.atom", feed, is_kept=True),
    get("/news/topics", topics, is_kept=True),
    get("/news/topics/{key}", topic, is_kept=True),
    get("/news/{slug}", show, is_kept=True),
    get("/desk/news", desk_index, CONTENT),
    get("/desk/news/new", desk_new, CONTENT),
    post("/desk/news/new", desk_create, CONTENT, name="desk_new", body_mb=96),
    get("/desk/news/topics", desk_topics, CONTENT),
    post("/desk/news/topics", open_topic, CONTENT),
    get("/desk/news/topics/{topic_id}", desk_topic, CONTENT),
    post("/desk/news/topics/{topic_id}", save_topic, CONTENT),
    post("/desk/news/topics/{topic_id}/approve", approve_topic, Role.REVIEWER),
    get("/desk/news/{news_id}", desk_show, CONTENT),
    get("/desk/news/{news_id}/edit", desk_edit, CONTENT),
    post("/desk/news/{news_id}/edit", desk_save, CONTENT, name="desk_edit", body_mb=96),
    post("/desk/news/{news_id}/pin", pin, CONTENT),
]
