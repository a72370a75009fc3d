"""Who the vendor is, to those who read what the portal issues."""

from app.web.i18n import gettext as _


def vendor_name() -> str:
    """Return the name at the top of documents, in the reader's language."""
    return _("License Portal")
