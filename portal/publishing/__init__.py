"""Creation news 创建动态 and its columns: list, article, feed, and the desk that writes them."""

from portal.publishing.models import News
from portal.publishing.queries import list_all_news, list_freshness, list_newest_news

__all__ = ["News", "list_all_news", "list_freshness", "list_newest_news"]
