"""Doors of surveys."""

from portal.core.web import Door

doors: list[Door] = []
