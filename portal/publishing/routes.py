"""Doors of publishing."""

from portal.core.web import Door

doors: list[Door] = []
