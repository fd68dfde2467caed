"""Doors of groups: the router's desk."""

from portal.core.web import Door

doors: list[Door] = []
