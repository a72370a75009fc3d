"""How products are counted."""

from app.web.i18n import ngettext, number

PLURAL = 2


def unit_name(unit: str, quantity: int = PLURAL) -> str:
    """What is counted, in the reader's language; the plural where the word stands alone."""
    names = {
        "users": ngettext("user", "users", quantity),
        "servers": ngettext("server", "servers", quantity),
        "cores": ngettext("core", "cores", quantity),
    }
    return names[unit]


def count_of(quantity: int, unit: str) -> str:
    """A quantity with its unit, in the reader's language."""
    return f"{number(quantity)} {unit_name(unit, quantity)}"
