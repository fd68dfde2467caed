"""Creation board 创建红黑榜: sites and units, before and after."""

from portal.board.models import BoardIssue, BoardSite
from portal.board.queries import (
    find_newest_issue,
    find_public_issues,
    find_site,
    list_findings_at,
    list_findings_of,
    list_group_findings,
    list_sites_named_in,
    rate_of,
)
from portal.board.sheets import export_sites, import_sites

__all__ = [
    "BoardIssue",
    "BoardSite",
    "export_sites",
    "find_newest_issue",
    "find_public_issues",
    "find_site",
    "import_sites",
    "list_findings_at",
    "list_findings_of",
    "list_group_findings",
    "list_sites_named_in",
    "rate_of",
]
