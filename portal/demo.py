"""The demo of a city: one account for each role, and a year of invented content in every slice."""

from portal.accounts.demo import load_demo as load_accounts
from portal.board.demo import load_demo as load_board
from portal.cases.demo import load_demo as load_cases
from portal.core.web import Portal
from portal.credit.demo import load_demo as load_credit
from portal.figures.counting import count_again
from portal.people.demo import load_demo as load_people
from portal.publishing.demo import load_demo as load_publishing
from portal.surveys.demo import load_demo as load_surveys

# News name cases, boards name units: the order is from what stands alone to what refers to it.
LOADERS = (load_accounts, load_publishing, load_people, load_credit, load_board, load_cases, load_surveys)


def load_demo(portal: Portal) -> bool:
    """Load the demo of the portal's city; False when it was there already. Each slice checks for itself."""
    is_new = False
    for loader in LOADERS:
        is_new = loader(portal) or is_new
    if is_new:
        count_again(portal)
    return is_new
