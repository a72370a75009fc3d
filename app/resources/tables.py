"""Downloadable files and the products they belong to."""

from piccolo.columns import UUID, BigInt, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.database import uuid7
from app.products.tables import Product


class Resource(Table):
    """A file in storage; `size` is bytes, `sha256` lower-case hex of its content."""

    id = UUID(primary_key=True, default=uuid7)
    name = Text()
    version = Text()
    media_type = Text()
    size = BigInt()
    sha256 = Text()
    storage_key = Text(unique=True)
    published_at = Timestamptz(default=None)
    withdrawn_at = Timestamptz(null=True, default=None)


class ResourceProduct(Table):
    """Whoever has the product may have the file."""

    id = UUID(primary_key=True, default=uuid7)
    resource = ForeignKey(Resource, null=False, on_delete=OnDelete.cascade)
    product = ForeignKey(Product, null=False, on_delete=OnDelete.restrict)
