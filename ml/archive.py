"""The model file: one deflated skops archive of plain arrays and text, and its card beside it.

Any skops reader can open it without trusting a type; both writing and reading are done by hand, because importing
skops would bring scikit-learn along, and the same content then always makes the same bytes. Nothing in it can run:
anything but a dictionary, list, text, number or plain array is refused, and so is a file whose SHA-256 is not the one
on its card.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = "minsheng-router-1"
CARD = "model.json"
PROTOCOL, SKOPS = 2, "0.16.0"
"""The version of skops whose archives these are."""
LARGEST = 64_000_000
"""Bytes that any member of the archive may unpack to; ours stay far below."""
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, RuntimeError, MemoryError,
    LookupError, ValueError, TypeError, AttributeError, SyntaxError, tokenize.TokenError, ArithmeticError,
)  # fmt: skip
"""What the standard library and numpy raise on an archive that was harmed on its way, found by harming archives."""


class BadModel(Exception):
    """A model file that is missing, damaged, foreign, or does not fit its card; the message is one clear line."""


def card_path(path: Path) -> Path:
    """The card of a model file: model.json in the same folder, so every model has a folder of its own."""
    return path.with_name(CARD)


def write(path: Path, content: Mapping[str, Any], card: dict[str, Any]) -> dict[str, Any]:
    """Write model and card, each whole or not at all; returns the card with the file's SHA-256 and size in bytes.

    content: texts, numbers and numpy arrays by name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    raw = _pack(content)
    draft.write_bytes(raw)
    card = {**card, "file": path.name, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
    card_draft = draft.with_suffix(".json")
    card_draft.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    # The card goes first: a running portal looks again when the model file changes, and must then find its card.
    card_draft.replace(card_path(path))
    draft.replace(path)
    return card


def _pack(content: Mapping[str, Any]) -> bytes:
    """The archive of these texts and arrays, as skops writes one, with the same bytes at any time."""
    buffer, nodes = io.BytesIO(), {}
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, (name, value) in enumerate(content.items(), start=1):
            if isinstance(value, str):
                node = {**_node("builtins", "str", "JsonNode"), "content": json.dumps(value), "is_json": True}
            else:
                node = {**_node("numpy", "ndarray", "NdArrayNode"), "type": "numpy", "file": f"{name}.npy"}
                part = io.BytesIO()
                np.save(part, np.ascontiguousarray(value), allow_pickle=False)
                _add(archive, f"{name}.npy", part.getvalue())
            nodes[name] = {**node, "__id__": number}
        kind = {**_node("builtins", "str", "TypeNode"), "__id__": len(nodes) + 1}
        keys = {**_node("builtins", "list", "ListNode"), "content": [kind] * len(nodes), "__id__": len(nodes) + 2}
        whole = {**_node("builtins", "dict", "DictNode"), "content": nodes, "key_types": keys, "__id__": len(nodes) + 3}
        schema = {**whole, "protocol": PROTOCOL, "_skops_version": SKOPS}
        _add(archive, "schema.json", json.dumps(schema, ensure_ascii=False).encode())
    return buffer.getvalue()


def _node(module: str, name: str, loader: str) -> dict[str, Any]:
    return {"__class__": name, "__module__": module, "__loader__": loader}


def _add(archive: zipfile.ZipFile, name: str, raw: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED, compresslevel=9)


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The content and the card of a model file, without skops; raise BadModel for anything unexpected."""
    try:
        raw = path.read_bytes()
        card = json.loads(card_path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadModel(f"读不了模型文件 {error.filename}：{error.strerror}") from error
    except ValueError as error:
        raise BadModel(f"模型卡片 {card_path(path)} 已损坏") from error
    if not isinstance(card, dict) or card.get("sha256") != hashlib.sha256(raw).hexdigest():
        raise BadModel(f"模型文件 {path} 与它的卡片不符，可能已损坏或被替换")
    try:
        content = _unpack(raw)
    except UNREADABLE as error:
        raise BadModel(f"模型文件 {path} 不是民声的路由模型：{' '.join(str(error).split())[:200]}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadModel(f"模型文件 {path} 的格式不是 {FORMAT}，请重新训练")
    return content, card


def _unpack(raw: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if any(member.file_size > LARGEST for member in archive.infolist()):
            raise ValueError("内容过大")
        return _value(json.loads(archive.read("schema.json")), archive)


def _value(node: dict[str, Any], archive: zipfile.ZipFile) -> Any:
    """The value of one skops node; only the five harmless kinds are known here."""
    kind = (node["__module__"], node["__class__"], node["__loader__"])
    if kind == ("builtins", "dict", "DictNode"):
        return {key: _value(value, archive) for key, value in node["content"].items()}
    if kind == ("builtins", "list", "ListNode"):
        return [_value(value, archive) for value in node["content"]]
    if kind == ("builtins", "str", "JsonNode"):
        return json.loads(node["content"])
    if kind == ("numpy", "ndarray", "NdArrayNode") and node["type"] == "numpy":
        return np.load(io.BytesIO(archive.read(node["file"])), allow_pickle=False)
    raise ValueError(f"含有不允许的类型 {kind[0]}.{kind[1]}")
