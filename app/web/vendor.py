"""Who the vendor is, to those who read what the portal issues."""

from app.web.brand import Shown
from app.web.i18n import language


def vendor_name() -> str:
    """Return the name at the top of documents, in the reader's language."""
    shown = Shown(language.get())
    return shown.company or shown.name
