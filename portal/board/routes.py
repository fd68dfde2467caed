"""Doors of board."""

from portal.core.web import Door

doors: list[Door] = []
