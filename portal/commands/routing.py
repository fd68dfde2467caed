"""portal route and portal router: the router without a web server, and its models."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portal.commands.shared import Refused, read_environment, refusing
from portal.groups import Borders, City, load_city

if TYPE_CHECKING:
    from ml.data import Correction
    from ml.predict import Model
    from portal.core.web import Portal


def _city(key: str | None) -> City:
    directory = Path(os.environ.get("PORTAL_CITY_DIR", "content/cities"))
    key = key or os.environ.get("PORTAL_CITY", "changzhou")
    if not (directory / key / "city.toml").is_file():
        raise Refused(f"There is no city profile {directory / key}. `portal city list` lists them.")
    return load_city(directory, key)


def _model_path(path: Path | None) -> Path:
    return path or Path(os.environ.get("PORTAL_DATA", "var")) / "router.skops"


def _kept() -> Path:
    """Where the portal keeps what the corpus alone taught, so that a night's training need not learn it again."""
    live = _model_path(None)
    return live.parent / "starter" / live.name


def _load(path: Path | None) -> "Model":
    from ml.predict import BadModel, Model

    try:
        return Model.load(_model_path(path))
    except BadModel as error:
        raise Refused(f"{error} `portal router train` makes a model.") from error


INPUT = click.Path(dir_okay=False, exists=True, path_type=Path)
CITY = click.option("--city", "city_key", metavar="KEY", help="City profile; PORTAL_CITY when left out.")
MODEL = click.option(
    "--model",
    "model_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Model file; the live one when left out.",
)


@click.command()
@CITY
@MODEL
@click.argument("file", required=False, type=INPUT)
@refusing
def route(city_key: str | None, model_path: Path | None, file: Path | None) -> None:
    """Route texts: JSON lines in ({"id", "text"}), JSON lines out, in order. Needs no database."""
    city, model = _city(city_key), _load(model_path)
    lines = file.open("rb") if file else sys.stdin.buffer
    with lines:
        faults = sum(_print(answer) for answer in _answers(lines, city, model))
    sys.exit(1 if faults else 0)


def _print(answer: dict[str, Any]) -> bool:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
    return "error" in answer


def _answers(lines: Iterable[bytes], city: City, model: "Model") -> Iterator[dict[str, Any]]:
    borders, thresholds, prior = Borders(city), city.thresholds(), city.router.outside_prior
    for line in lines:
        if not line.strip():
            continue
        try:
            asked = json.loads(line.decode("utf-8-sig", "replace"))
            if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
                raise ValueError('needs {"id": …, "text": "…"}')
        except (ValueError, RecursionError) as error:
            yield {"id": None, "error": f"not a JSON line with a text: {error}"[:200]}
            continue
        text = asked["text"]
        yield model.route(text, borders.groups_for(text), thresholds, prior).to_json(asked.get("id"))


@click.group()
def router() -> None:
    """Models of the router."""


@router.command()
@CITY
@click.option(
    "--corrections",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="CSV: text,label[,decided_at][,reviewed].",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the model goes; the live one when left out."
)
@click.option("--against", type=INPUT, help="A model to judge by: prints the gate's verdict as JSON. Needs both above.")
@refusing
def train(city_key: str | None, corrections: Path | None, out: Path | None, against: Path | None) -> None:
    """Train from the corpus and, where given, staff decisions; needs no database."""
    from ml.data import BadCorpus, read_corrections
    from ml.train import train as train_model

    city = _city(city_key)
    corpus = Path(os.environ.get("PORTAL_CITY_DIR", "content/cities")).parent / "corpus"
    path = _model_path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    if against is not None and (corrections is None or out is None):
        raise Refused("--against needs --corrections and --out: a challenger never writes over the live model.")
    try:
        decided = read_corrections(corrections) if corrections else None
        if against is not None:
            verdict = _judge(city, corpus, path, decided or [], _load(against))
            click.echo(json.dumps(verdict, ensure_ascii=False))
            return
        card = train_model(corpus, path, decided, city.topic_map(), kept=_kept())
    except (BadCorpus, ValueError) as error:
        raise Refused(str(error)) from error
    click.echo(f"{card.name}: {card.rows} texts, {card.corrections} decisions, {card.bytes / 1e6:.1f} MB → {path}")


def _portal() -> "Portal":
    from portal.app import make_portal  # `portal route` must not wait for the web application

    return make_portal(read_environment())


def _judge(city: City, corpus: Path, path: Path, corrections: "list[Correction]", champion: "Model") -> dict[str, Any]:
    """Train a challenger into path and say, as JSON, what the gate thinks of it."""
    from ml.gate import challenge

    verdict = challenge(champion, corpus, path, corrections, city.topic_map(), city.router.outside_prior, kept=_kept())
    found = {"against": champion.name, "doubtful": len(verdict.doubtful), "seem": verdict.doubtful}
    return {**asdict(verdict), **found}


@router.command()
@refusing
def status() -> None:
    """The live model, the challenger with the gate's verdict, and what one can go back to."""
    from portal.groups.queries import find_challenger, list_retired

    portal = _portal()
    live = portal.router.model()
    click.echo(f"live        {_line(live.name, live.card)}" if live else f"live        none: {portal.router.fault}")
    with portal.database.read() as db:
        challenger = find_challenger(db)
        if challenger is not None:
            click.echo(f"challenger  {_line(challenger.name, challenger.card)}")
            click.echo(f"verdict     {'promote' if challenger.verdict.get('promote') else 'refused'}")
            for reason in challenger.verdict.get("reasons", ()):
                click.echo(f"            {reason}")
        for version in list_retired(db):
            click.echo(f"retired     {_line(version.name, version.card)}")


def _line(name: str, card: dict[str, Any]) -> str:
    return f"{name}  {card.get('rows')} texts  {card.get('corrections')} decisions  {card.get('created_at')}"


@router.command("promote")
@refusing
def promote_challenger() -> None:
    """Let the challenger go live; refused unless it passed the gate."""
    from portal.groups.service import promote

    portal = _portal()
    with portal.database.write() as db:
        version = promote(db, portal.router, "portal router promote")
    click.echo(f"{version.name} is live")


@router.command("rollback")
@refusing
def rollback_model() -> None:
    """Bring back the model that was live before."""
    from portal.groups.service import rollback

    portal = _portal()
    with portal.database.write() as db:
        version = rollback(db, portal.router, "portal router rollback")
    click.echo(f"{version.name} is live again")


@router.command("replay")
@refusing
def replay_ledger() -> None:
    """Ask the stored models again about every text of the ledger; exit 1 when one answers otherwise."""
    from portal.groups.queries import replay
    from portal.groups.store import stored_models

    portal = _portal()
    with portal.database.read() as db:
        asked, mismatches = replay(db, portal.router, stored_models(portal.router.path))
    for mismatch in mismatches:
        click.echo(f"{mismatch.subject}: {mismatch.reason}", err=True)
    if mismatches:
        raise Refused(f"{len(mismatches)} of {asked} predictions differ.")
    click.echo(f"all {asked} predictions are repeated exactly")


@router.command()
@click.argument("file", type=INPUT)
@CITY
@MODEL
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@refusing
def evaluate(file: Path, city_key: str | None, model_path: Path | None, as_json: bool) -> None:
    """Accuracy, macro-F1, top-3, coverage and calibration on a labelled CSV (text,label[,also_ok])."""
    from ml.data import BadCorpus
    from ml.evaluate import evaluate as measure
    from ml.evaluate import read_rows

    city, model = _city(city_key), _load(model_path)
    try:
        rows, groups_for = read_rows(file), Borders(city).groups_for
        report = measure(model, rows, city.topic_map(), city.thresholds(), city.router.outside_prior, groups_for)
    except BadCorpus as error:
        raise Refused(str(error)) from error
    click.echo(json.dumps(report.to_json(), ensure_ascii=False) if as_json else report.to_text())
