"""The model file holds no code, opens without skops, and is refused when it is not ours."""

import json
import shutil
import zipfile

import numpy as np
import pytest
import skops.io

from ml import archive
from ml.learning import SEED
from ml.predict import BadModel, Model
from ml.train import save


@pytest.fixture
def copy(model_path, tmp_path):
    for path in (model_path, archive.card_path(model_path)):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / model_path.name


def seal(path, content):
    """Write a foreign file whose card fits, as someone with access to the folder could."""
    skops.io.dump(content, path)
    archive.card_path(path).write_text(json.dumps({"sha256": archive.hashlib.sha256(path.read_bytes()).hexdigest()}))


def test_skops_opens_it_without_trusting_any_type(model_path):
    assert skops.io.get_untrusted_types(file=model_path) == []
    content = skops.io.load(model_path)
    assert content["format"] == archive.FORMAT


def test_the_lean_reader_reads_what_skops_reads(model_path):
    lean, _ = archive.read(model_path)
    full = skops.io.load(model_path)
    assert lean.keys() == full.keys()
    assert all(np.array_equal(lean[key], full[key]) for key in full)


def test_a_changed_byte_is_refused(copy):
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2] ^= 1
    copy.write_bytes(raw)
    with pytest.raises(BadModel, match="不符"):
        Model.load(copy)


def test_a_missing_file_or_card_is_refused(copy, tmp_path):
    with pytest.raises(BadModel, match="读不了"):
        Model.load(tmp_path / "none.skops")
    archive.card_path(copy).unlink()
    with pytest.raises(BadModel, match="读不了"):
        Model.load(copy)


def test_a_card_that_is_not_json_is_refused(copy):
    archive.card_path(copy).write_text("{")
    with pytest.raises(BadModel, match="卡片"):
        Model.load(copy)


@pytest.mark.parametrize(
    "content",
    [
        {"format": "else"},
        ["a", "list"],
        {"format": archive.FORMAT},
        {"format": archive.FORMAT, "meta": "{}", "vocabulary": 3},
        {"format": archive.FORMAT, "f": np.mean},
        {"format": archive.FORMAT, "f": np.dtype("int64")},
    ],
    ids=["format", "list", "empty", "parts", "function", "type"],
)
def test_a_foreign_archive_is_refused(tmp_path, content):
    seal(tmp_path / "router.skops", content)
    with pytest.raises(BadModel):
        Model.load(tmp_path / "router.skops")


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "router.skops"
    path.write_bytes(b"PK not a zip")
    archive.card_path(path).write_text(json.dumps({"sha256": archive.hashlib.sha256(path.read_bytes()).hexdigest()}))
    with pytest.raises(BadModel, match="不是"):
        Model.load(path)


@pytest.mark.parametrize("harm", ["shape", "nan", "temperature"])
def test_arrays_that_do_not_fit_are_refused(model, tmp_path, harm):
    content = model.weights.to_content(archive.FORMAT)
    if harm == "shape":
        content["bias"] = content["bias"][:-1]
    elif harm == "nan":
        content["factors"] = content["factors"] * np.float32("nan")
    else:
        content["meta"] = content["meta"].replace('"temperature": ', '"temperature": -')
    archive.write(tmp_path / "router.skops", content, {})
    with pytest.raises(BadModel, match="数组|温度"):
        Model.load(tmp_path / "router.skops")


def test_the_card_tells_what_the_model_was_made_of(model, corpus):
    card = model.card
    assert card["rows"] == len(corpus.examples)
    assert card["topics"] == list(corpus.topic_keys())
    assert card["bytes"] <= 5_000_000
    assert {"name", "data_sha256", "scikit_learn", "sha256", "seed", "created_at", "scores"} <= card.keys()


def test_pickled_arrays_are_refused(tmp_path, copy):
    path = tmp_path / "evil" / "router.skops"
    path.parent.mkdir()
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            raw = old.read(member)
            if member.endswith(".npy"):
                with new.open(member, "w") as target:
                    np.lib.format.write_array(target, np.array([{}], dtype=object), allow_pickle=True)
            else:
                new.writestr(member, raw)
    archive.card_path(path).write_text(json.dumps({"sha256": archive.hashlib.sha256(path.read_bytes()).hexdigest()}))
    with pytest.raises(BadModel):
        Model.load(path)


def test_the_same_weights_make_the_same_bytes_wherever_they_come_from(model, model_path, corpus, tmp_path):
    again = tmp_path / "router.skops"
    save(Model.load(model_path).weights, again, corpus, (), SEED)
    assert again.read_bytes() == model_path.read_bytes()
