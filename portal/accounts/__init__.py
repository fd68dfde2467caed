"""Staff: accounts, roles, signing in, the audit log."""

from portal.accounts.models import Staff
from portal.accounts.queries import find_staff, list_active, list_staff, staff_names

__all__ = ["Staff", "find_staff", "list_active", "list_staff", "staff_names"]
