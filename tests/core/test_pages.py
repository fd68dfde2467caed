"""How figures stand on pages."""

import pytest

from portal.core.pages import likely


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "＞99%"), (0.996, "＞99%"), (0.99, "99%"), (0.5, "50%"), (0.012, "1%"), (0.0004, "＜1%")]
)
def test_a_model_is_never_quite_sure(share: float, shown: str) -> None:
    assert likely(share) == shown
