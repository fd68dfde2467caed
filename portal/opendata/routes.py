"""Doors of open data: a page with the dictionary, and each table as CSV and JSON."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from starlette.responses import Response, StreamingResponse

from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.tables import write_csv
from portal.core.web import Ctx, Door, Portal, get
from portal.opendata.datasets import DATASETS, Dataset, find_dataset, parts_of, rows_of
from portal.opendata.dictionary import FIGURES
from portal.opendata.rows import MOST

EMPTY_LINE = "\ufeff\r\n".encode()


def index(ctx: Ctx) -> Response:
    """What there is, with the meaning of every column."""
    return ctx.render("opendata/index.html", datasets=DATASETS, figures=FIGURES, most=MOST)


def _dataset(ctx: Ctx) -> Dataset:
    found = find_dataset(ctx.arg("name"))
    if found is None:
        raise NotFound(_("没有这份数据。"), _("请从开放数据页选择。"))
    return found


def table_csv(ctx: Ctx) -> Response:
    """A table as CSV that Excel opens rightly and runs nothing of."""
    dataset = _dataset(ctx)
    return _stream(_csv_parts(dataset, ctx.portal), "text/csv; charset=utf-8", f"{dataset.name}.csv")


def _csv_parts(dataset: Dataset, portal: Portal) -> Iterator[bytes]:
    yield write_csv(list(dataset.fields), [])
    for part in parts_of(dataset, portal):
        yield _lines(part)


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows without a head: what write_csv makes, but for the mark and the empty head before them."""
    return write_csv((), rows).removeprefix(EMPTY_LINE)


def table_json(ctx: Ctx) -> Response:
    """A table as JSON: {"name", "generated_at", "rows"}."""
    dataset = _dataset(ctx)
    return _stream(_json_parts(dataset, ctx.portal), "application/json", f"{dataset.name}.json")


def _json_parts(dataset: Dataset, portal: Portal) -> Iterator[bytes]:
    head = json.dumps({"name": dataset.name, "generated_at": now().isoformat()})
    yield f'{head[:-1]}, "rows": ['.encode()
    is_first = True
    for part in rows_of(dataset, portal):
        for row in part:
            line = json.dumps(row, ensure_ascii=False, default=_plain)
            yield ("" if is_first else ",\n").encode() + line.encode("utf-8", "replace")
            is_first = False
    yield b"]}\n"


def _plain(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()


def _stream(parts: Iterator[bytes], media_type: str, name: str) -> Response:
    headers = {
        "Cache-Control": "no-cache",
        "Content-Disposition": f'{"inline" if name.endswith("json") else "attachment"}; filename="{name}"',
        # What has ended here must not live on in a foreign search engine.
        "X-Robots-Tag": "noindex",
    }
    return StreamingResponse(parts, media_type=media_type, headers=headers)


doors: list[Door] = [
    get("/data", index, is_kept=True),
    get("/data/{name}.csv", table_csv, limit="60/hour"),
    get("/data/{name}.json", table_json, limit="60/hour"),
]
