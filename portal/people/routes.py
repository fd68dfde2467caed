"""Doors of people."""

from portal.core.web import Door

doors: list[Door] = []
