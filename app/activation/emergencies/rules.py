"""Whether an environment may have an emergency file made, and how the ones it has stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.activation.format.claims import MAX_PRODUCTS
from app.activation.format.signed_files import read_file
from app.activation.licensed_products import LicensedProduct, issued_products
from app.products.rules import Term

# Days on which such a file runs a system, after the day of its first use.
EMERGENCY_DAYS = 14


class EmergencyState(StrEnum):
    """How an emergency file stands, as far as the portal knows."""

    READY = "ready"
    OUT_OF_DATE = "out-of-date"
    USED = "used"
    EXPIRED = "expired"


class EmergencyOutcome(StrEnum):
    """Every way in which an emergency file is not made."""

    CONTRACT_ENDED = "contract-ended"
    ENVIRONMENT_RETIRED = "environment-retired"
    NOTHING_ALLOCATED = "nothing-allocated"
    TOO_MANY_PRODUCTS = "too-many-products"
    LIMIT_REACHED = "limit-reached"
    STILL_READY = "still-ready"
    ACTIVATE_FIRST = "activate-first"
    FILE_TOO_LARGE = "file-too-large"
    NO_SIGNING_KEY = "no-signing-key"


@dataclass(frozen=True)
class EmergencyUsed:
    """What a system reported about its use of a file."""

    system_name: str
    host: str
    environment: str
    first_used_at: datetime
    days_used: int
    reported_at: datetime


@dataclass(frozen=True)
class EmergencyReport(EmergencyUsed):
    """A reported use in the list of an environment; `slot` is that of the file."""

    slot: int


@dataclass(frozen=True)
class SeenEmergencyFile:
    """The newest file of a slot, as an owner sees it.

    Attributes:
        uses: by whom it was used, one for each system.
    """

    id: UUID
    slot: int
    jti: str
    file: str
    issued_at: datetime
    issued_by: str | None
    expires_at: datetime
    downloaded_at: datetime | None
    uses: tuple[EmergencyUsed, ...]

    @property
    def content(self) -> bytes:
        """Return the file that is downloaded, the same bytes every time."""
        return f"{self.file}\n".encode()

    @property
    def products(self) -> list[Mapping[str, Any]]:
        """Return the claims about its products."""
        claims: list[Mapping[str, Any]] = read_file(self.file.encode()).payload["products"]
        return claims


@dataclass(frozen=True)
class Standby:
    """What the portal knows about an environment's emergency files.

    Attributes:
        allowed: how many the contract allows.
        today: the day in the contract's time zone.
        activated_at: when the newest activation of the environment was issued.
        keyset: the newest one, signed; None before the first.
        files: the newest of each slot.
    """

    allowed: int
    retired: bool
    contract: Term
    today: date
    now: datetime
    allocated: Sequence[LicensedProduct]
    activated_at: datetime | None
    keyset: str | None
    files: Sequence[SeenEmergencyFile]

    @property
    def products(self) -> tuple[LicensedProduct, ...]:
        """Return what a file that is made now has."""
        return issued_products(self.allocated, self.contract, self.today)

    def state(self, file: SeenEmergencyFile) -> EmergencyState:
        """Return how a file stands."""
        if file.uses:
            return EmergencyState.USED
        if file.expires_at <= self.now:
            return EmergencyState.EXPIRED
        if not self._is_verified_by_newest(file):
            return EmergencyState.OUT_OF_DATE
        same = _counts(file.products, self.today) == _counts(
            [each.claim() for each in self.products], self.today
        )
        return EmergencyState.READY if same else EmergencyState.OUT_OF_DATE

    def _is_verified_by_newest(self, file: SeenEmergencyFile) -> bool:
        """Whether systems that know the newest keyset still take a file."""
        if self.keyset is None:
            return True
        named = {each["kid"] for each in read_file(self.keyset.encode()).payload["keys"]}
        made = read_file(file.file.encode())
        twice = "\n" in self.keyset
        signatures = (made.first, made.second) if twice else (made.first,)
        return all(each is not None and each.header["kid"] in named for each in signatures)

    def obstacle(self, slot: int, *, has_signing_key: bool) -> EmergencyOutcome | None:
        """Return why no file can be made in a slot; None where one can."""
        before = next((each for each in self.files if each.slot == slot), None)
        state = self.state(before) if before else EmergencyState.EXPIRED
        waiting = before is not None and state is not EmergencyState.EXPIRED
        since = before is not None and self._activated_since(before)
        obstacles = (
            (self.contract.has_ended(self.today), EmergencyOutcome.CONTRACT_ENDED),
            (self.retired, EmergencyOutcome.ENVIRONMENT_RETIRED),
            (not self.products, EmergencyOutcome.NOTHING_ALLOCATED),
            (len(self.products) > MAX_PRODUCTS, EmergencyOutcome.TOO_MANY_PRODUCTS),
            (not 1 <= slot <= self.allowed, EmergencyOutcome.LIMIT_REACHED),
            (self._others(slot) >= self.allowed, EmergencyOutcome.LIMIT_REACHED),
            (state is EmergencyState.READY, EmergencyOutcome.STILL_READY),
            (waiting and not since, EmergencyOutcome.ACTIVATE_FIRST),
            (not has_signing_key, EmergencyOutcome.NO_SIGNING_KEY),
        )
        return next((outcome for applies, outcome in obstacles if applies), None)

    @property
    def free_slot(self) -> int | None:
        """Return the first slot that holds no file yet; None where all do."""
        taken = {each.slot for each in self.files}
        return next((at for at in range(1, self.allowed + 1) if at not in taken), None)

    @property
    def usable(self) -> SeenEmergencyFile | None:
        """Return the first file that a system can begin to use; None where there is none."""
        usable = {EmergencyState.READY, EmergencyState.OUT_OF_DATE}
        return next((each for each in self.files if self.state(each) in usable), None)

    def can_renew(self, file: SeenEmergencyFile) -> bool:
        """Return whether another file can take this one's place."""
        return self.obstacle(file.slot, has_signing_key=True) is None

    def _activated_since(self, file: SeenEmergencyFile) -> bool:
        return self.activated_at is not None and self.activated_at > file.issued_at

    def _others(self, slot: int) -> int:
        usable = {EmergencyState.READY, EmergencyState.OUT_OF_DATE}
        return sum(each.slot != slot and self.state(each) in usable for each in self.files)


def _counts(products: Sequence[Mapping[str, Any]], today: date) -> list[tuple[Any, ...]]:
    """Return what is compared: products that have ended do not count."""
    members = ("code", "quantity", "not_before", "not_after")
    found = [tuple(each[name] for name in members) for each in products]
    return sorted(each for each in found if each[3] >= today.isoformat())
