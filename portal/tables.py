"""Every table of the portal, for migrations and tests."""

from portal.accounts import models as accounts
from portal.board import models as board
from portal.cases import bans as cases_bans
from portal.cases import desk_models as cases_desk
from portal.cases import models as cases
from portal.cases import pending_models as cases_pending
from portal.core import audit, jobs, limits, mail
from portal.credit import models as credit
from portal.editorial import enclosures
from portal.editorial import models as editorial
from portal.figures import models as figures
from portal.groups import models as groups
from portal.open311 import models as open311
from portal.people import later as people_later
from portal.people import models as people
from portal.publishing import models as publishing
from portal.search import models as search
from portal.surveys import models as surveys

MODULES = (
    audit,
    jobs,
    limits,
    mail,
    accounts,
    groups,
    editorial,
    enclosures,
    publishing,
    people,
    people_later,
    credit,
    board,
    cases,
    cases_desk,
    cases_bans,
    cases_pending,
    surveys,
    search,
    open311,
    figures,
)
