"""The front page, the static pages, preferences, and the pages of operations."""
