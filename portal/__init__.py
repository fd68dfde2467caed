"""Minsheng 民声: the portal where a city's civilisation campaign meets its citizens."""
