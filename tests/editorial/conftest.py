"""The common way is tried alone here; what each kind asks for beyond it is tried with its slice."""

import pytest

from portal.editorial import laws


@pytest.fixture(autouse=True)
def no_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces without the laws of their kinds."""
    monkeypatch.setattr(laws, "_laws", {})
