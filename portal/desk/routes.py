"""Doors of desk."""

from portal.core.web import Door

doors: list[Door] = []
