"""What an entry of the audit log says to endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from app.webhooks.event_rules import SOURCES, EventType
from app.webhooks.payload_rules import PAYLOADS, Payload


@dataclass(frozen=True)
class LogEntry:
    """An entry of the audit log that belongs to a contract, with what it names.

    Attributes:
        actor: only a member or a service account of the contract; None for all others.
        details: JSON.
        environment, reference: of the environment, or the quote request, that it is about.
        product, quantity, starts_on, ends_on, license_key: of the entitlement that it is about.
    """

    id: UUID
    at: datetime
    event_type: str
    contract: UUID
    number: str
    subject: UUID
    actor: UUID | None
    details: str
    environment: str | None
    reference: str | None
    product: str | None
    quantity: int | None
    starts_on: date | None
    ends_on: date | None
    license_key: UUID | None


Events = list[tuple[EventType, Payload]]
CHANGES = {
    "contract-amendment": "contract",
    "contract-renewal": "renewal",
    "entitlement-change": "entitlement",
}


def events_of(entry: LogEntry) -> Events:
    """Return the events that an entry of the log stands for: one, none, or two.

    Raises:
        msgspec.ValidationError: the entry lacks something: a defect.
    """
    event_type = SOURCES[entry.event_type]
    facts = _facts(entry, msgspec.json.decode(entry.details))
    if facts is None:
        return []
    events = [(event_type, msgspec.convert(facts, PAYLOADS[event_type]))]
    if event_type is EventType.ENTITLEMENT_ADDED and entry.license_key is not None:
        redeemed = EventType.LICENSE_KEY_REDEEMED
        with_key = {**facts, "license_key": entry.license_key}
        events.append((redeemed, msgspec.convert(with_key, PAYLOADS[redeemed])))
    return events


def _facts(entry: LogEntry, details: dict[str, Any]) -> dict[str, Any] | None:
    facts = {
        "product": entry.product,
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        **details,
        "contract": {"id": entry.contract, "number": entry.number},
        "actor": entry.actor,
        "environment": {"id": entry.subject, "name": entry.environment},
        "reference": entry.reference,
        "entitlement": entry.subject,
        "quantities": _quantities(details.get("quantities") or {}),
        "retired": False,
    }
    match entry.event_type:
        case "contract-amendment" | "contract-renewal":
            facts |= {"change": CHANGES[entry.event_type], "entitlement": None}
        case "entitlement-change":
            before = {f"{name}_before": value for name, value in details["before"].items()}
            facts |= {**before, "change": CHANGES[entry.event_type]}
        case "environment-retirement":
            facts |= {
                "retired": True,
                "quantities": _quantities(dict.fromkeys(details["given_back"], 0)),
            }
            return facts if details["given_back"] else None
        case "activation-issue":
            facts |= {"number": details["seq"]}
        case "membership-removal" | "membership-departure":
            facts |= {"role": details["role_before"]}
    return facts


def _quantities(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"entitlement": id, "quantity": count} for id, count in sorted(counts.items())]
