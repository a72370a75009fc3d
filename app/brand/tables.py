"""The vendor's brand."""

from piccolo.columns import UUID, Bytea, Integer, Text
from piccolo.table import Table

from app.database.data_fields import Fields, Level
from app.database.quotas import Bound


class BrandRow(Table, tablename="brand"):
    """How the vendor appears; the one row of its table."""

    id = UUID(primary_key=True, default=None)
    name_ja = Text(default="")
    name_en = Text(default="")
    accent = Text(default="")
    accent_dark = Text(default="")
    company_ja = Text(default="")
    company_en = Text(default="")
    address_ja = Text(default="")
    address_en = Text(default="")
    contact_ja = Text(default="")
    contact_en = Text(default="")
    links = Text(default="")
    sender_ja = Text(default="")
    sender_en = Text(default="")
    footer_ja = Text(default="")
    footer_en = Text(default="")
    logo = Bytea(null=True, default=None)
    logo_type = Text(null=True, default=None)
    logo_width = Integer(null=True, default=None)
    logo_height = Integer(null=True, default=None)
    revision = Integer(default=1)


DATA = (
    Fields(
        "brand",
        "name_ja name_en accent accent_dark company_ja company_en address_ja address_en"
        " contact_ja contact_en links sender_ja sender_en footer_ja footer_en logo logo_type"
        " logo_width logo_height revision",
        Level.HOUSE,
        "everybody",
        "administrator",
    ),
)
BOUNDS = (Bound("brand", "one row, which a migration makes"),)
