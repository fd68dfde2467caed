"""Demo content of surveys."""

from portal.core.web import Portal


def load_demo(portal: Portal) -> bool:
    """Load the demo; False when it was there already."""
    return False
