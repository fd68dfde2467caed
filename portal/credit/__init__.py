"""Credit red and black lists 诚信红黑榜: entries, their legal basis, their end."""

from portal.credit.models import CreditEntry
from portal.credit.queries import count_live, find_public_entries, list_newest_entries
from portal.credit.sheets import export_entries, import_entries

__all__ = [
    "CreditEntry",
    "count_live",
    "export_entries",
    "find_public_entries",
    "import_entries",
    "list_newest_entries",
]
