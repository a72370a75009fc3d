"""Answers that several domains give."""

from urllib.parse import quote

from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER


def see_other(path: str) -> Redirect:
    """Send the browser on to a page, after a form."""
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


def attachment(name: str) -> dict[str, str]:
    """Headers of a file that is saved under a name in any language (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
