"""Creation board 创建红黑榜: sites and units, before and after."""

from portal.board.models import BoardIssue
from portal.board.queries import find_newest_issue, find_public_issues, list_findings_of, list_group_findings, rate_of
from portal.board.sheets import ImportedSites, import_sites

__all__ = [
    "BoardIssue",
    "ImportedSites",
    "find_newest_issue",
    "find_public_issues",
    "import_sites",
    "list_findings_of",
    "list_group_findings",
    "rate_of",
]
