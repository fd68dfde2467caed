"""One search over everything that is public, and the site map.

The face: `refresh` (a job does it every minute), `reindex` (build the index anew), `list_public_pages`.
"""

from portal.search.index import refresh, reindex
from portal.search.sitemap import list_public_pages

__all__ = ["list_public_pages", "refresh", "reindex"]
