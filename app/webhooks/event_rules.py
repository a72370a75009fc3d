"""Which events webhooks send, and which entries of the audit log they come from."""

from enum import StrEnum

from app.web.i18n import N_
from app.web.i18n import gettext as _


class EventType(StrEnum):
    """What a webhook sends."""

    CONTRACT_AMENDED = "contract.amended"
    CONTRACT_ENDING = "contract.ending"
    ENTITLEMENT_ADDED = "entitlement.added"
    ENTITLEMENT_ENDING = "entitlement.ending"
    LICENSE_KEY_REDEEMED = "license_key.redeemed"
    ALLOCATION_CHANGED = "allocation.changed"
    ACTIVATION_ISSUED = "activation.issued"
    ACTIVATION_EXPIRING = "activation.expiring"
    MEMBER_JOINED = "member.joined"
    MEMBER_REMOVED = "member.removed"
    QUOTE_REQUESTED = "quote.requested"
    QUOTE_ANSWERED = "quote.answered"
    QUOTE_APPLIED = "quote.applied"
    RESOURCE_PUBLISHED = "resource.published"
    NOTICE_PUBLISHED = "notice.published"


# What a test event is called; no endpoint chooses it.
TEST = "webhook.test"
NAMES = {
    EventType.CONTRACT_AMENDED: N_("Contract amended or renewed"),
    EventType.CONTRACT_ENDING: N_("Contract ends soon"),
    EventType.ENTITLEMENT_ADDED: N_("Product added"),
    EventType.ENTITLEMENT_ENDING: N_("Product ends soon"),
    EventType.LICENSE_KEY_REDEEMED: N_("License key redeemed"),
    EventType.ALLOCATION_CHANGED: N_("Allocation changed"),
    EventType.ACTIVATION_ISSUED: N_("Activation file issued"),
    EventType.ACTIVATION_EXPIRING: N_("Activation file expires soon"),
    EventType.MEMBER_JOINED: N_("Member joined"),
    EventType.MEMBER_REMOVED: N_("Member removed or left"),
    EventType.QUOTE_REQUESTED: N_("Quote requested"),
    EventType.QUOTE_ANSWERED: N_("Quote answered"),
    EventType.QUOTE_APPLIED: N_("Quote applied to the contract"),
    EventType.RESOURCE_PUBLISHED: N_("Resource published"),
    EventType.NOTICE_PUBLISHED: N_("Notice published"),
}
# The trigger `audit_event_webhooks` names the same entries of the audit log.
SOURCES = {
    "activation-issue": EventType.ACTIVATION_ISSUED,
    "allocation-change": EventType.ALLOCATION_CHANGED,
    "contract-amendment": EventType.CONTRACT_AMENDED,
    "contract-renewal": EventType.CONTRACT_AMENDED,
    "entitlement-addition": EventType.ENTITLEMENT_ADDED,
    "entitlement-change": EventType.CONTRACT_AMENDED,
    "entitlement-succession": EventType.ENTITLEMENT_ADDED,
    "environment-retirement": EventType.ALLOCATION_CHANGED,
    "membership-creation": EventType.MEMBER_JOINED,
    "membership-departure": EventType.MEMBER_REMOVED,
    "membership-removal": EventType.MEMBER_REMOVED,
    "notice-publication": EventType.NOTICE_PUBLISHED,
    "quote-answer": EventType.QUOTE_ANSWERED,
    "quote-application": EventType.QUOTE_APPLIED,
    "quote-request": EventType.QUOTE_REQUESTED,
    "resource-publication": EventType.RESOURCE_PUBLISHED,
}
# Where people see what an event is about: below a contract's page, and in the console.
PLACES: dict[str, str] = {
    EventType.CONTRACT_AMENDED: "",
    EventType.CONTRACT_ENDING: "",
    EventType.ENTITLEMENT_ADDED: "/products",
    EventType.ENTITLEMENT_ENDING: "/products",
    EventType.LICENSE_KEY_REDEEMED: "/products",
    EventType.ALLOCATION_CHANGED: "/environments",
    EventType.ACTIVATION_ISSUED: "/environments",
    EventType.ACTIVATION_EXPIRING: "/environments",
    EventType.MEMBER_JOINED: "/members",
    EventType.MEMBER_REMOVED: "/members",
    EventType.QUOTE_REQUESTED: "/quote-requests",
    EventType.QUOTE_ANSWERED: "/quote-requests",
    EventType.QUOTE_APPLIED: "/quote-requests",
    EventType.RESOURCE_PUBLISHED: "/resources",
}


def event_name(event_type: str) -> str:
    """Return what people call an event type, in the reader's language."""
    if event_type == TEST:
        return _("Test event")
    return _(NAMES[EventType(event_type)]) if event_type in set(EventType) else event_type


def place_of(event_type: str, contract: str | None, *, vendor: bool) -> str:
    """Return the path of the page that shows what an event is about.

    Args:
        contract: its number.
        vendor: whether the vendor's staff read it.
    """
    if event_type == EventType.NOTICE_PUBLISHED:
        return "/staff/notices" if vendor else "/notices"
    if contract is None:
        return "/staff" if vendor else "/"
    if vendor:
        return f"/staff/contracts/{contract}"
    return f"/contracts/{contract}" + PLACES.get(event_type, "")
