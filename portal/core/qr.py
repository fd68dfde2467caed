"""QR codes that lead from paper back to a page."""

import segno
from markupsafe import Markup


def qr(link: str, scale: int = 4, border: int = 4, error: str = "m") -> Markup:
    """The QR code of an ASCII address, as SVG that may stand in a page.

    scale: pixels of a square where no style sheet sets the width; border: quiet zone in squares (the standard
    asks for 4); error: how much may be damaged (m 15 %, q 25 %).
    """
    if not link.isascii():
        raise ValueError("a QR code of this portal holds ASCII only")
    code = segno.make(link, error=error)
    # With a unit segno writes a viewBox; without one a style sheet that sets the width would cut the code off.
    drawn = code.svg_inline(scale=scale, border=border, dark="#000", light="#fff", unit="px", lineclass=None)
    # segno writes numbers and a path only; the link itself is not in the markup.
    return Markup(drawn)  # noqa: S704  # nosec B704
