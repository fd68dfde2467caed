"""Doors of credit."""

from portal.core.web import Door

doors: list[Door] = []
