"""What the console calls each kind of mail."""

from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.texts import normalised

# By the folder below templates/mail/.
KINDS = {
    "email-change-asked": N_("Email address change requested"),
    "email-changed": N_("Email address changed"),
    "email-confirmation": N_("Email address confirmation"),
    "farewell": N_("Account deleted"),
    "invitation": N_("Invitation to a contract"),
    "notice": N_("Notice"),
    "owner-appointment": N_("Owner assigned"),
    "password-changed": N_("Password changed"),
    "password-reset": N_("Password reset"),
    "quote-answer": N_("Quote answered"),
    "quote-notification": N_("Quote requested (to sales)"),
    "quote-request": N_("Quote requested (to customer)"),
    "quote-withdrawal": N_("Quote request withdrawn"),
    "reminder": N_("End date reminder"),
    "second-factor-changed": N_("Two-step verification changed"),
    "second-factors-removed": N_("Two-step verification turned off"),
    "staff-invitation": N_("Staff account created"),
}


def kind_name(template: str) -> str:
    """Return what the reader calls a kind of mail; the kind itself where none is written now."""
    return _(KINDS[template]) if template in KINDS else template


def kinds_named(search: str) -> list[str]:
    """Return the kinds whose name has the words, whatever their letter case."""
    words = normalised(search).casefold()
    return [each for each in KINDS if words in normalised(kind_name(each)).casefold()]
