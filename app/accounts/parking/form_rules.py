"""What a kept form is called, and what of it is shown to the person who sent it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from app.web.i18n import N_
from app.web.i18n import gettext as _

# The parts of an address, as the pages there are called.
PARTS = {
    "contracts": N_("Contract"),
    "environments": N_("Environments"),
    "allocations": N_("Allocation"),
    "allocation-sheet": N_("Bulk allocate"),
    "grid": N_("Table"),
    "activations": N_("Activation"),
    "activation-batches": N_("Activate several systems"),
    "emergency-files": N_("Emergency activation"),
    "parallel": N_("Parallel operation"),
    "stop": N_("End parallel operation"),
    "group-companies": N_("Group companies"),
    "corporate-groups": N_("Corporate groups"),
    "invitations": N_("Invite"),
    "members": N_("Members"),
    "other-products": N_("Add other products"),
    "quote-requests": N_("Quote request"),
    "quotes": N_("Quote request"),
    "entitlements": N_("Contracted products"),
    "notices": N_("Notices"),
    "profile": N_("Personal settings"),
    "service-accounts": N_("Service accounts"),
    "webhooks": N_("Webhooks"),
    "single-sign-on": N_("Single sign-on"),
    "test": N_("Test"),
    "provisioning": N_("Provisioning"),
    "token": N_("Token"),
    "change": N_("Edit"),
    "deliveries": N_("Delivery log"),
    "state": N_("Status"),
    "exceptions": N_("Exceptions"),
    "secret": N_("Client secret"),
    "domains": N_("Domains"),
    "dns": N_("Verification by DNS"),
    "check": N_("Verify"),
    "default-contracts": N_("Accounts at the first sign-in"),
    "delegation": N_("Set-up by owners"),
    "calendar": N_("Calendar"),
    "email": N_("Email address"),
    "staff": N_("Staff console"),
    "audit": N_("Audit log"),
    "brand": N_("Brand"),
    "logo": N_("Logo"),
    "companies": N_("Companies"),
    "imports": N_("Bulk import"),
    "keys": N_("Signing keys"),
    "license-keys": N_("License keys"),
    "mail": N_("Email"),
    "products": N_("Products"),
    "resources": N_("Resources"),
    "sbom": N_("SBOM"),
    "terms": N_("Terms of use"),
    "users": N_("Users"),
    "owner": N_("Owner"),
    "staff-role": N_("Role"),
    "uploads": N_("Upload"),
    "new": N_("New"),
    "amendment": N_("Amend the contract"),
    "answer": N_("Answer"),
    "choice": N_("Select what to activate"),
    "photos": N_("Read from photos"),
    "cancellation": N_("Cancel"),
    "conclusion": N_("Mark as agreed"),
    "application": N_("Apply to the contract"),
    "discard": N_("Discard"),
    "end": N_("Sign out"),
    "export": N_("Download"),
    "further-move": N_("Allow one more move"),
    "handler": N_("Reassign"),
    "keysets": N_("Keysets"),
    "publication": N_("Publish"),
    "read-marks": N_("Mark all as read"),
    "release": N_("Release"),
    "removal": N_("Remove"),
    "renewal": N_("Renew the contract"),
    "resending": N_("Send again"),
    "retirement": N_("Retire"),
    "retry": N_("Send again"),
    "review": N_("Start review"),
    "revocation": N_("Revoke"),
    "rotation": N_("Create a new signing key"),
    "verification": N_("Check for tampering"),
    "withdrawal": N_("Withdraw"),
}
# The parts before them say enough.
SILENT = frozenset({"addition", "batches", "grid", "others", "sessions", "text"})
LABELS = {
    "name": N_("Name"),
    "name_ja": N_("Japanese name"),
    "name_en": N_("English name"),
    "sort_key": N_("Sort key"),
    "quantity": N_("Quantity"),
    "email": N_("Email address"),
    "role": N_("Role"),
    "reason": N_("Reason for the change"),
    "message": N_("Message"),
    "note": N_("Note"),
    "number": N_("Contract number"),
    "person": N_("User code"),
    "time_zone": N_("Time zone"),
    "starts_on": N_("First day"),
    "ends_on": N_("Last day"),
    "table": N_("Table"),
    "file": N_("File"),
    "request": N_("File"),
    "key": N_("License key"),
    "preset": N_("Receiver"),
    "url": N_("Address (URL)"),
    "event_types": N_("Events"),
}
# Fields that the page fills in; a person has not entered them.
OWN_FIELDS = frozenset(
    {"version", "revision", "next", "draft", "seen", "step", "back", "rows", "columns"}
)
# Passwords, under every name that a form of the portal has for one.
SECRET_FIELDS = frozenset({"password", "again", "current"})
MOST_FIELDS = 50
LONGEST = 500


def name_place(path: str) -> str:
    """Return an address in words, from the outside in: Contract D-1001 › Environments › New."""
    words = list[str]()
    # The one part that names two things: a request withdrawn, and the person's own account.
    parts = {**PARTS, "withdrawal": N_("Delete account")} if path.startswith("/profile") else PARTS
    for part in path.strip("/").split("/"):
        if part in parts:
            words.append(_(parts[part]))
        elif part not in SILENT and not _is_id(part):
            words[-1:] = [" ".join([*words[-1:], part])]
    return " › ".join(words)


def name_entries(fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a person entered, with its label; never a password."""
    return list(_entries(fields))[:MOST_FIELDS]


def _entries(fields: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in fields:
        own = name in OWN_FIELDS or name.startswith(("seen-", "cell-"))
        secret = name in SECRET_FIELDS or "password" in name
        if own or secret or not value.strip() or _is_id(value):
            continue
        if label := _label(name):
            yield label, value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def _label(name: str) -> str:
    """Return what a field is called; nothing for a choice whose words only its page knows."""
    if _is_id(name.removeprefix("quantity-")):
        return _("Quantity")
    return "" if _is_id(name[-36:]) else _(LABELS.get(name, name))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
