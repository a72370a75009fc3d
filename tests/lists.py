"""What tests ask of a list."""

from typing import Any

from litestar.datastructures import MultiDict

from app.web.lists.addresses import Wanted
from app.web.lists.listings import Listing
from app.web.requests import FormData


def wanted(listing: Listing[Any], **fields: str) -> Wanted:
    """Return what an address with these fields asks of a list."""
    data = FormData(MultiDict(list(fields.items())))
    return Wanted.read("/", data, listing, product={fields.get("product", "")})
