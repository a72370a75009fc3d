"""What the console calls the scopes of the vendor's service accounts."""

from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.i18n import gettext as _

SCOPES = {
    Permission.CONSOLE_SEE: N_("Read companies, users, license keys, files and notices"),
    Permission.COMPANIES_CHANGE: N_("Create and change companies and corporate groups"),
    Permission.CONTRACTS_SEE: N_("Read contracts and quote requests"),
    Permission.CONTRACTS_CHANGE: N_("Create, change and renew contracts, and apply quotes"),
    Permission.OWNERS_APPOINT: N_("Invite owners"),
    Permission.CATALOGUE_CHANGE: N_("Change the product catalogue"),
    Permission.LICENSE_KEYS_ISSUE: N_("Issue and revoke license keys"),
    Permission.LICENSE_KEYS_EXPORT: N_("Take new license keys, once"),
    Permission.RESOURCES_CHANGE: N_("Upload and publish files"),
    Permission.QUOTES_ANSWER: N_("Answer quote requests"),
    Permission.NOTICES_PUBLISH: N_("Write and publish notices"),
}


def scope_name(scope: str) -> str:
    """Return what a scope lets an account do; its code where the console has no words for it."""
    return _(SCOPES[Permission(scope)]) if scope in SCOPES else scope
