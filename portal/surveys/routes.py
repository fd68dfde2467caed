"""Doors of surveys: the table is the access matrix."""

from portal.core.web import Door, get, post
from portal.surveys import public, results

doors: list[Door] = [
    get("/surveys", public.index),
    get("/surveys/{slug}", public.show),
    post("/surveys/{slug}", public.answer, name="show", body_mb=1, limit="120/hour"),
    get("/surveys/{slug}/thanks", public.thanks),
    get("/surveys/{slug}/results", results.results),
    get("/surveys/{slug}/results.json", results.results_json),
    get("/surveys/{slug}/results.csv", results.results_csv),
    get("/surveys/{slug}/results.xlsx", results.results_xlsx),
    get("/surveys/{slug}/results/{key}.svg", results.plot),
]
