"""Doors of search."""

from portal.core.web import Door

doors: list[Door] = []
