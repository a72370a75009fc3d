"""What tests ask of a list."""

from typing import Any

from litestar.datastructures import MultiDict

from app.web.listings import Listing
from app.web.lists import Wanted
from app.web.requests import FormData


def wanted(listing: Listing[Any], **fields: str) -> Wanted:
    """Return what an address with these fields asks of a list."""
    data = FormData(MultiDict(list(fields.items())), {})
    return Wanted.read("/", data, listing, product={fields.get("product", "")})
