"""QR codes as pictures."""

from io import BytesIO

import segno

# Modules of a photograph of poor quality run together; a bent or dirty sheet loses some.
ERROR_CORRECTION = "m"


def draw(text: str) -> bytes:
    """Return the QR code of a text as SVG, with the quiet zone around it."""
    picture = BytesIO()
    code = segno.make_qr(text, error=ERROR_CORRECTION, boost_error=False)
    plain = {"xmldecl": False, "svgclass": None, "lineclass": None}
    code.save(picture, kind="svg", light="#fff", omitsize=True, **plain)
    return picture.getvalue()
