"""Doors of open311."""

from portal.core.web import Door

doors: list[Door] = []
