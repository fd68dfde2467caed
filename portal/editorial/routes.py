"""Doors of editorial."""

from portal.core.web import Door

doors: list[Door] = []
