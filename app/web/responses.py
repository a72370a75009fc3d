"""Answers that several domains give."""

from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER


def see_other(path: str) -> Redirect:
    """Send the browser on to a page, after a form."""
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)
