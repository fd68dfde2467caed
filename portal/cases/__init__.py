"""Complaints 投诉 and their kin: submit, route, triage, handle, answer, rate."""
