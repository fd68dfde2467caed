"""Doors of cases."""

from portal.core.web import Door

doors: list[Door] = []
