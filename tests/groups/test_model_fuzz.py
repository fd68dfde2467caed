"""Whatever stands in a model file, with a card that fits it: it is refused in one line or it routes, nothing else."""

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ml.archive import card_path
from ml.predict import BadModel, Model

ROUNDS = 60


def sealed(folder: Path, raw: bytes) -> Path:
    """A model file with these bytes, and the card that somebody with access to the folder would write."""
    path = folder / "router.skops"
    path.write_bytes(raw)
    card = {"name": "foreign", "sha256": hashlib.sha256(raw).hexdigest()}
    card_path(path).write_text(json.dumps(card))
    return path


def flipped(raw: bytes, random: np.random.Generator) -> bytes:
    """The bytes with a few of them changed, or cut short, or with a stretch repeated."""
    changed = bytearray(raw)
    for place in random.integers(0, len(raw), random.integers(1, 9)):
        changed[place] = random.integers(0, 256)
    cut = int(random.integers(0, len(raw)))
    return bytes([changed, changed[:cut], changed[:cut] + changed[cut // 2 :]][random.integers(0, 3)])


def reshuffled(raw: bytes, random: np.random.Generator) -> bytes:
    """A sound archive whose members were cut, swapped, emptied or changed."""
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    names = sorted(members)
    one, other = (names[i] for i in random.integers(0, len(names), 2))
    act = random.integers(0, 4)
    if act == 0:
        members[one], members[other] = members[other], members[one]
    elif act == 1:
        del members[one]
    elif act == 2:
        members[one] = members[one][: int(random.integers(0, len(members[one]) + 1))]
    else:
        members[one] = flipped(members[one] or b"x", random)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def raw(small_models: list[Path]) -> bytes:
    return small_models[1].read_bytes()


def load(path: Path) -> Model | str:
    """The model, or the line that refuses it."""
    try:
        return Model.load(path)
    except BadModel as error:
        return str(error)


@pytest.mark.parametrize("harm", [flipped, reshuffled])
def test_a_harmed_file_is_refused_or_routes(raw: bytes, tmp_path: Path, harm: object) -> None:
    """One or two seconds: sixty files are written and opened."""
    random, refused = np.random.default_rng(9), 0
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = sealed(folder, harm(raw, random))  # type: ignore[operator]
        found = load(path)
        if isinstance(found, str):
            refused += 1
            assert "\n" not in found
        else:
            said = found.route("楼下的狗整天叫", {"pets": {"dog_noise": 1.0}}, {})
            assert 0 <= said.probability <= 1
        shutil.rmtree(folder)
    assert refused > ROUNDS / 2
