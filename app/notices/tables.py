"""What the vendor tells the people who use a product."""

from piccolo.columns import UUID, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.database import uuid7
from app.products.tables import Product


class Notice(Table):
    """A notice in both languages."""

    id = UUID(primary_key=True, default=uuid7)
    title_ja = Text()
    title_en = Text()
    body_ja = Text()
    body_en = Text()
    published_at = Timestamptz(default=None)


class NoticeProduct(Table):
    """The products a notice is about."""

    id = UUID(primary_key=True, default=uuid7)
    notice = ForeignKey(Notice, null=False, on_delete=OnDelete.cascade)
    product = ForeignKey(Product, null=False, on_delete=OnDelete.restrict)
