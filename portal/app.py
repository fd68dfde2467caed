"""create_app: puts the slices together. The only module that knows them all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from portal.accounts.admission import find_person
from portal.accounts.routes import doors as accounts_doors
from portal.alerts.jobs import jobs as alerts_jobs
from portal.alerts.routes import doors as alerts_doors
from portal.board.jobs import jobs as board_jobs
from portal.board.routes import doors as board_doors
from portal.cases import find_case
from portal.cases import next_moment as cases_moment
from portal.cases.jobs import jobs as cases_jobs
from portal.cases.routes import doors as cases_doors
from portal.core import faults, pages
from portal.core.answers import AnswersFirst, KeptAnswers, Moments
from portal.core.db import Database
from portal.core.doorway import make_routes
from portal.core.errors import Refusal
from portal.core.files import PackedFiles
from portal.core.jobs import Job
from portal.core.limits import forget_expired
from portal.core.mail import deliver_due
from portal.core.middleware import Envelope, Metrics, Traces
from portal.core.photos import PhotoStore, forget_strays
from portal.core.routing import Doors
from portal.core.settings import Settings
from portal.core.signing import Secrets
from portal.core.versions import versions_of
from portal.core.web import Door, Portal, make_paths
from portal.credit.jobs import jobs as credit_jobs
from portal.credit.routes import doors as credit_doors
from portal.desk.jobs import jobs as desk_jobs
from portal.desk.routes import doors as desk_doors
from portal.editorial import next_moment as editorial_moment
from portal.editorial.jobs import jobs as editorial_jobs
from portal.editorial.routes import doors as editorial_doors
from portal.figures.jobs import jobs as figures_jobs
from portal.figures.routes import doors as figures_doors
from portal.groups import City, Router, Source, load_city
from portal.groups.jobs import jobs as groups_jobs
from portal.groups.routes import doors as groups_doors
from portal.home.navigation import page_context
from portal.home.routes import doors as home_doors
from portal.open311.routes import doors as open311_doors
from portal.opendata.routes import doors as opendata_doors
from portal.people.jobs import jobs as people_jobs
from portal.people.routes import doors as people_doors
from portal.publishing.routes import doors as publishing_doors
from portal.search.jobs import jobs as search_jobs
from portal.search.routes import doors as search_doors
from portal.surveys import next_moment as surveys_moment
from portal.surveys.jobs import jobs as surveys_jobs
from portal.surveys.routes import doors as surveys_doors

DOORS: list[Door] = [
    *home_doors,
    *publishing_doors,
    *people_doors,
    *credit_doors,
    *board_doors,
    *figures_doors,
    *cases_doors,
    *alerts_doors,
    *surveys_doors,
    *search_doors,
    *opendata_doors,
    *open311_doors,
    *accounts_doors,
    *desk_doors,
    *editorial_doors,
    *groups_doors,
]


def _forget_expired(portal: Portal) -> None:
    with portal.database.write() as db:
        forget_expired(db)


def _deliver(portal: Portal) -> None:
    deliver_due(portal)


def _forget_strays(portal: Portal) -> None:
    forget_strays(portal)


JOBS: list[Job] = [
    Job("core:deliver_messages", _deliver, minutes=1),
    Job("core:forget_limits", _forget_expired, minutes=60),
    Job("core:forget_strays", _forget_strays, at="03:50"),
    *groups_jobs,
    *editorial_jobs,
    *people_jobs,
    *credit_jobs,
    *board_jobs,
    *cases_jobs,
    *surveys_jobs,
    *search_jobs,
    *desk_jobs,
    *alerts_jobs,
    *figures_jobs,
]


MOMENTS: Moments = (editorial_moment, cases_moment, surveys_moment)
"""When the clock alone changes what the public may read."""


@lru_cache(maxsize=8)
def _city(directory: Path, key: str) -> City:
    return load_city(directory, key)


class PortalApp(Starlette):
    """Starlette, with kept pages before all of it."""

    def __init__(self, first: AnswersFirst, **options: Any) -> None:
        super().__init__(**options)
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not await self._first.answer(scope, send):
            await super().__call__(scope, receive, send)


def _find_source(db: Session, subject: str) -> Source | None:
    """What a subject of the router's ledger was about: the one place where the router meets the cases."""
    kind, _space, case_no = subject.partition(" ")
    case = find_case(db, case_no) if kind == "case" else None
    if case is None:
        return None
    origin = case.contact_hash or case.place_public or ""
    return Source(case.text_raw, case.text_public, origin, case.is_confidential)


def make_portal(settings: Settings) -> Portal:
    """Everything a portal consists of, without a web server around it: for the command line and jobs."""
    city = _city(settings.city_dir, settings.city)
    database = Database(settings.database_url)
    return Portal(
        settings=settings,
        database=database,
        secrets=Secrets(settings.secret_key),
        city=city,
        photos=PhotoStore(settings.media_url),
        router=Router(settings.model_path, city, _find_source),
        answers=KeptAnswers(
            database,
            versions_of(database.engine, database.url),
            MOMENTS,
            settings.is_https,
            city.center.tiles,
        ),
        paths=dict(make_paths(DOORS)),
        find_person=find_person,
        page_context=page_context,
    )


def create_app(settings: Settings, portal: Portal | None = None) -> Starlette:
    """The portal as an ASGI application."""
    portal = portal or make_portal(settings)
    metrics = Metrics()
    traces = Traces(metrics)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        from portal.worker import embedded

        if settings.jobs == "inline":
            with embedded(portal, JOBS):
                yield
        else:
            yield
        portal.database.dispose()

    app = PortalApp(
        AnswersFirst(portal.answers, traces),
        routes=[Doors(make_routes(DOORS)), Mount("/static", PackedFiles(pages.STATIC), name="static")],
        middleware=[Middleware(Envelope, traces=traces, is_https=settings.is_https, tiles=portal.city.center.tiles)],
        exception_handlers={
            Refusal: faults.refuse,
            HTTPException: faults.refuse_http,
            DBAPIError: faults.refuse_database,
            OSError: faults.refuse_database,
            500: faults.fail,
        },
        lifespan=lifespan,
    )
    app.state.portal = portal
    app.state.metrics = metrics
    return app
