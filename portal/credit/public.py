"""What the public sees of the credit lists, and how anybody objects."""

from typing import Any

from starlette.responses import Response

from portal.core.i18n import gettext as _
from portal.core.pages import day
from portal.core.web import Ctx
from portal.credit import matters, queries
from portal.credit.forms import ObjectionForm
from portal.credit.models import COLOUR_NAMES, GRADE_NAMES, SUBJECT_NAMES, Colour
from portal.groups import City


def words_of(city: City) -> dict[str, Any]:
    """Names of keys, for the templates."""
    return {
        "kinds": {kind.key: kind.name for kind in city.credit_kinds},
        "subjects": {str(key): str(name) for key, name in SUBJECT_NAMES.items()},
        "grades": {str(key): str(name) for key, name in GRADE_NAMES.items()},
        "colours": {str(key): str(name) for key, name in COLOUR_NAMES.items()},
    }


def index(ctx: Ctx) -> Response:
    """Red and black, by field and name."""
    colour = ctx.query("colour") if ctx.query("colour") in set(Colour) else ""
    field = ctx.query("field") if ctx.query("field") in ctx.city.credit_fields else ""
    q = ctx.query("q")[:80]
    return ctx.render(
        "credit/index.html",
        page=queries.list_entries(ctx.db, colour, field, q, ctx.query("after") or None),
        live=queries.count_live(ctx.db),
        batches=queries.list_batches(ctx.db, 3, is_public=True),
        colour=colour,
        field=field,
        q=q,
        **words_of(ctx.city),
    )


def show(ctx: Ctx) -> Response:
    """One entry, with its basis, its end and how to object."""
    entry = queries.get_entry(ctx.db, ctx.arg("entry_no"))
    return ctx.render("credit/show.html", entry=entry, **words_of(ctx.city))


def _objection_page(ctx: Ctx, form: ObjectionForm, status: int = 200) -> Response:
    entry = queries.get_entry(ctx.db, ctx.arg("entry_no"))
    form.set_choices()
    return ctx.render("credit/objection.html", status=status, entry=entry, form=form)


def objection(ctx: Ctx) -> Response:
    """The form of an objection."""
    return _objection_page(ctx, ObjectionForm())


def send_objection(ctx: Ctx) -> Response:
    """Keep an objection or an application for repair, and say its receipt number."""
    form = ObjectionForm(ctx.data)
    form.set_choices()
    form.files.draw()
    entry = queries.get_entry(ctx.db, ctx.arg("entry_no"))
    if not form.validate():
        if ctx.wants_json:
            return ctx.json({"errors": form.error_map()}, 422)
        return _objection_page(ctx, form, 422)
    matter = matters.open_matter(ctx.db, entry, form.to_matter(), ctx.secrets, ctx.portal.photos, ctx.city)
    if ctx.wants_json:
        return ctx.json({"receipt": matter.receipt, "decide_due_on": matter.decide_due_on.isoformat()}, 201)
    words = {"receipt": matter.receipt, "due": day(matter.decide_due_on)}
    ctx.flash(_("已收到，回执号 %(receipt)s，请记下。我们会在 %(due)s 前办结并与您联系。") % words)
    return ctx.redirect("credit:show", entry_no=entry.entry_no)
