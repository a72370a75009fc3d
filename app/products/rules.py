"""How products are counted."""

from app.web.i18n import gettext as _
from app.web.i18n import number


def unit_name(unit: str) -> str:
    """What is counted, in the reader's language."""
    names = {"users": _("users"), "servers": _("servers"), "cores": _("cores")}
    return names[unit]


def count_of(quantity: int, unit: str) -> str:
    """A quantity with its unit, in the reader's language."""
    return f"{number(quantity)} {unit_name(unit)}"
