"""The model files: the live one, and one folder for every challenger and every model that was live before."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ml.predict import Model

KEPT = 3
"""Models that were live before and stay on disk, to go back to."""


def folder(live: Path) -> Path:
    """Where the models beside the live one are kept, a folder each."""
    return live.parent / "models"


def place(live: Path, name: str) -> Path:
    """The file of a model that is not live."""
    return folder(live) / name / live.name


def copy_model(source: Path, target: Path) -> None:
    """Copy a model and its card, each whole or not at all.

    The card goes first: a running portal looks again when the model file changes, and must then find its card.
    """
    from ml.archive import card_path

    target.parent.mkdir(parents=True, exist_ok=True)
    for old, new in ((card_path(source), card_path(target)), (source, target)):
        draft = new.with_name(f".{new.name}.{os.getpid()}")
        shutil.copyfile(old, draft)
        draft.replace(new)


def load(path: Path, card: dict[str, Any]) -> "Model":
    """The model in a file, when it is the one on this card; raise BadModel for any other."""
    from ml.predict import BadModel, Model

    model = Model.load(path)
    if model.card.get("sha256") != card.get("sha256"):
        raise BadModel(f"模型文件 {path} 不是登记的那一个")
    return model


def stored_models(live: Path) -> dict[str, "Model"]:
    """Every usable model of this deployment by its name, the live one included."""
    from ml.predict import BadModel, Model

    found = {}
    for path in [*sorted(folder(live).glob(f"*/{live.name}")), live]:
        try:
            model = Model.load(path)
        except BadModel:
            continue  # a damaged file reproduces nothing; replay then names the predictions it cannot check
        found[model.name] = model
    return found


def drop_others(live: Path, names: set[str]) -> None:
    """Remove the folders of all models but these."""
    for path in folder(live).glob(f"*/{live.name}"):
        if path.parent.name not in names:
            shutil.rmtree(path.parent)
