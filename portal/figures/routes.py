"""Doors of figures."""

from portal.core.web import Door

doors: list[Door] = []
