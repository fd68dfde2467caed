"""Good people 好人: nomination, vetting, public notice, honour, consent and withdrawal."""

from portal.people.models import GoodPerson
from portal.people.queries import count_people, list_all_people, list_in_notice, list_newest_people
from portal.people.sheets import import_people

__all__ = ["GoodPerson", "count_people", "import_people", "list_all_people", "list_in_notice", "list_newest_people"]
