"""What the public reads and sends: the wall, a profile, the feed, a nomination, an objection, a like."""

from sqlalchemy import select
from starlette.responses import Response

from portal.core.clock import now
from portal.core.errors import TooMany
from portal.core.feeds import Entry, answer_atom
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.qr import qr
from portal.core.signing import random_code
from portal.core.web import Ctx
from portal.groups import City
from portal.people import honour, nominations, promotions, queries, remarks
from portal.people.forms import NominateForm, ObjectionForm, RemarkForm
from portal.people.models import GoodPerson, Like
from portal.people.queries import Wanted

FEED_SIZE = 30
YEAR_S = 365 * 24 * 3600


def names_of(city: City) -> dict[str, dict[str, str]]:
    """Names of categories and levels by key."""
    return {
        "category": {one.key: one.name for one in city.people_categories},
        "level": {one.key: one.name for one in city.people_levels},
    }


def index(ctx: Ctx) -> Response:
    """The wall of portraits, by category, level, batch, year, place and word; and whose notice is running."""
    wanted = Wanted(**{name: ctx.query(name) for name in Wanted.__dataclass_fields__})
    after = ctx.query("after") or None
    is_whole = wanted == Wanted() and after is None
    return ctx.render(
        "people/index.html",
        page=queries.list_people(ctx.db, wanted, after),
        total=queries.count_people(ctx.db, wanted),
        notices=queries.list_in_notice(ctx.db) if is_whole else [],
        rising=promotions.list_in_notice(ctx.db) if is_whole else [],
        batches=_batches(ctx),
        years=[(str(year), str(year)) for year in queries.list_years(ctx.db)],
        places=[(district.name, district.name) for district in ctx.city.districts],
        names=names_of(ctx.city),
        wanted=wanted,
    )


def _batches(ctx: Ctx) -> list[tuple[str, str]]:
    levels = names_of(ctx.city)["level"]
    found = queries.list_batches(ctx.db)
    return [
        (key, _("%(batch)s（%(level)s）") % {"batch": label, "level": levels.get(level, level)})
        for key, label, level in found
    ]


def show(ctx: Ctx) -> Response:
    """A profile; while the notice runs, only who it is and how to object."""
    return _show(ctx, queries.get_person(ctx.db, ctx.arg("slug")), RemarkForm())


def _show(ctx: Ctx, person: GoodPerson, form: RemarkForm, status: int = 200) -> Response:
    code = ctx.read_cookie("liker", YEAR_S)
    own = remarks.list_own(ctx.db, person, _voter(ctx, code)) if isinstance(code, str) else []
    return ctx.render(
        "people/show.html" if person.piece.is_live else "people/notice.html",
        status=status,
        good=person,
        names=names_of(ctx.city),
        liked=_has_liked(ctx, person),
        story=promotions.life_story(ctx.db, person),
        rising=[step for step in promotions.list_steps(ctx.db, person) if step.is_in_notice],
        remarks=remarks.list_shown(ctx.db, person),
        own=own,
        form=form,
    )


def certificate(ctx: Ctx) -> Response:
    """A profile's honour on one sheet to print, with the way to its page."""
    person = queries.get_live_person(ctx.db, ctx.arg("slug"))
    link = f"{ctx.settings.base_url}{person.path}"
    return ctx.render(
        "people/certificate.html",
        good=person,
        names=names_of(ctx.city),
        story=promotions.life_story(ctx.db, person),
        code=qr(link),
    )


def feed(ctx: Ctx) -> Response:
    """The newest profiles as Atom."""
    city, base = ctx.city, ctx.settings.base_url
    entries = [
        Entry(
            f"{person.honour_title} {person.name}",
            f"{base}{person.path}",
            person.one_line,
            person.piece.published_at,
            person.piece.corrected_at,
        )
        for person in queries.list_newest_people(ctx.db, FEED_SIZE)
    ]
    return answer_atom(
        title=f"{city.brand.title} · {_('身边好人')}",
        about=city.brand.slogan,
        link=f"{base}/people",
        here=f"{base}/people/feed.atom",
        author=city.office.name,
        entries=entries,
    )


def nominate(ctx: Ctx) -> Response:
    """The form to propose somebody; with `done`, the receipt."""
    form = NominateForm()
    form.set_choices(ctx.city)
    return ctx.render("people/nominate.html", form=form, done=ctx.query("done")[:30])


def keep_nomination(ctx: Ctx) -> Response:
    """Keep a nomination."""
    form = NominateForm(ctx.data)
    form.set_choices(ctx.city)
    if not form.validate():
        if ctx.wants_json:
            return ctx.json({"errors": form.error_map()}, 422)
        return ctx.render("people/nominate.html", status=422, form=form, done="")
    nomination = nominations.nominate(ctx.db, ctx.secrets, ctx.portal.photos, form.to_nomination(), form.photos.photos)
    if ctx.wants_json:
        return ctx.json({"nomination_no": nomination.nomination_no}, 201)
    return ctx.redirect("people:nominate", done=nomination.nomination_no)


def objection(ctx: Ctx) -> Response:
    """The form to object."""
    person = queries.get_person(ctx.db, ctx.arg("slug"))
    return ctx.render("people/objection.html", good=person, form=ObjectionForm())


def keep_objection(ctx: Ctx) -> Response:
    """Keep an objection."""
    person = queries.get_person(ctx.db, ctx.arg("slug"))
    form = ObjectionForm(ctx.data)
    if not form.validate():
        if ctx.wants_json:
            return ctx.json({"errors": form.error_map()}, 422)
        return ctx.render("people/objection.html", status=422, good=person, form=form)
    honour.object_to(ctx.db, ctx.secrets, person, text(form.text), text(form.contact))
    if ctx.wants_json:
        return ctx.json({"received": True}, 201)
    ctx.flash(_("异议已收到，我们会认真核查。"))
    return ctx.redirect("people:show", slug=person.slug)


def _voter(ctx: Ctx, code: str) -> str:
    return ctx.secrets.hash("like", code)


def _has_liked(ctx: Ctx, person: GoodPerson) -> bool:
    code = ctx.read_cookie("liker", YEAR_S)
    return isinstance(code, str) and _has_liked_by(ctx, person, code)


def like(ctx: Ctx) -> Response:
    """Count one 点赞 of this browser; a second changes nothing."""
    if not ctx.hit("like", "60/day", f"{ctx.address} {ctx.arg('slug')}"):
        raise TooMany(_("这个网络今天点赞的次数已经很多。"), _("请明天再来。"), retry_after_s=24 * 3600)
    person = queries.get_person(ctx.db, ctx.arg("slug"))
    # The row is locked by itself: PostgreSQL locks no outer join, with which the profile was read.
    ctx.db.execute(select(GoodPerson.id).where(GoodPerson.id == person.id).with_for_update())
    ctx.db.refresh(person, ["likes"])
    code = _own_code(ctx)
    if not _has_liked_by(ctx, person, code):
        ctx.db.add(Like(person_id=person.id, voter=_voter(ctx, code), at=now()))
        person.likes += 1
        ctx.db.flush()
    if ctx.wants_json:
        return ctx.json({"likes": person.likes})
    return ctx.redirect("people:show", slug=person.slug)


def _own_code(ctx: Ctx) -> str:
    """The random code of this browser, made when it first likes or writes."""
    code = ctx.read_cookie("liker", YEAR_S)
    if not isinstance(code, str):
        code = random_code(20)
        ctx.keep_cookie("liker", code, YEAR_S)
    return code


def remark(ctx: Ctx) -> Response:
    """Keep a reader's words; nobody else sees them before staff agreed."""
    if not ctx.hit("remark", "10/day"):
        raise TooMany(_("这个网络今天的留言已经很多。"), _("请明天再来。"), retry_after_s=24 * 3600)
    person = queries.get_person(ctx.db, ctx.arg("slug"))
    form = RemarkForm(ctx.data)
    if not form.validate():
        return _show(ctx, person, form, 422)
    remarks.add_remark(ctx.db, person, text(form.text), text(form.signature), _voter(ctx, _own_code(ctx)))
    ctx.flash(_("留言已收到，审核后显示。在这台设备上可以随时撤回。"))
    return ctx.redirect("people:show", slug=person.slug)


def withdraw_remark(ctx: Ctx) -> Response:
    """Take one's own words back."""
    person = queries.get_person(ctx.db, ctx.arg("slug"))
    number = ctx.arg("remark_id")
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    code = ctx.read_cookie("liker", YEAR_S)
    writer = _voter(ctx, code) if isinstance(code, str) else ""
    remarks.withdraw(ctx.db, person, int(number) if is_number else 0, writer)
    ctx.flash(_("留言已撤回。"))
    return ctx.redirect("people:show", slug=person.slug)


def _has_liked_by(ctx: Ctx, person: GoodPerson, code: str) -> bool:
    voter = _voter(ctx, code)
    return ctx.db.scalar(select(Like.id).where(Like.person_id == person.id, Like.voter == voter)) is not None
