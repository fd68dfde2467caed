"""Doors of opendata."""

from portal.core.web import Door

doors: list[Door] = []
