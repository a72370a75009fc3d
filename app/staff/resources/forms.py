"""The forms of resources: what an upload is published as, and for which products."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.staff.list_forms import read_revision
from app.staff.notices.forms import read_products
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData

LONGEST_VERSION = 40


@dataclass(frozen=True)
class ResourceForm:
    """Version and products of a file."""

    payload: dict[str, Any]
    typed: Mapping[str, Any]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, products: Collection[str]) -> "ResourceForm":
        """Read what was sent; `products` are the ids that can be chosen."""
        fields = Fields(data)
        version = fields.text("version", _("Version"), maximum=LONGEST_VERSION)
        chosen = read_products(fields, products)
        typed = {"version": data.get("version"), "products": chosen}
        return cls({"version": version, "products": chosen}, typed, fields.errors)


@dataclass(frozen=True)
class ProductsForm:
    """Which products a published file belongs to."""

    payload: dict[str, Any]
    typed: Mapping[str, Any]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, products: Collection[str]) -> "ProductsForm":
        """Read what was sent; `products` are the ids that can be chosen."""
        fields = Fields(data)
        chosen, revision = read_products(fields, products), read_revision(data)
        values = {"products": chosen, "revision": revision}
        return cls(values, values, fields.errors)
