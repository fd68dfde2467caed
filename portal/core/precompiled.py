"""Compiled templates kept from one start to the next, beside Python's own compiled modules."""

import hashlib
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

COMPILER = Path(jinja2.__file__).parent
"""Another version of Jinja writes other code, and says so in its cache only now and then."""


class Precompiled(FileSystemBytecodeCache):
    """One language's templates as Python code: the first page of a start waits half a second less.

    around: folders whose files stand in a compiled template besides its source: macros, translations, fingerprints of
    static files. Their content counts, not their age, so that nothing stale is ever shown. As with modules, what
    cannot be written or must not be (PYTHONDONTWRITEBYTECODE) is compiled anew at each start. They lie where modules
    lie: whoever may write there can change the portal's code in any case, and nobody else may.
    """

    def __init__(self, language: str, around: Iterable[Path]) -> None:
        super().__init__(str(Path(cache_from_source(__file__)).parent / "templates"), "%s.cache")
        self._language, self._around = language, _digest([*around, COMPILER])

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """A file for each template and language, written over when it is compiled anew."""
        return super().get_cache_key(f"{self._language} {name}", filename)

    def get_source_checksum(self, source: str) -> str:
        """Of the template and of all that stands in it compiled."""
        return super().get_source_checksum(self._around + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read one, if there is one that can be read."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one, if that is possible and wanted."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)


def _digest(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
