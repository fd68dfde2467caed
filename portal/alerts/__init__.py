"""Alerts: who follows a group or a district hears by e-mail or Atom what becomes public and what is answered there."""
