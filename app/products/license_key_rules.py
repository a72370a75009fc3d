"""License keys: how they are made and typed, and whether one can be redeemed."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.contracts.rules import SeenContract
from app.web.texts import normalised

# The characters of ISO/IEC 7064 MOD 37,36, in the order of their values.
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# New keys leave out what people mistake for each other.
UNMISTAKABLE = "".join(c for c in CHARACTERS if c not in "01IO")
GROUP, GROUPS = 5, 4
LONGEST_LICENSE_KEY = 100
# The stored form: other vendors' keys may have groups of any length.
LICENSE_KEY = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)*")
# Every dash, minus and long-vowel mark that a keyboard gives for "-".
_DASHES = "-‐‑‒–—―−ーｰ─⁃﹣－_"
_SEPARATORS = re.compile(rf"[\s{re.escape(_DASHES)}]+")


class LicenseKeyOutcome(StrEnum):
    """Whether a license key can be redeemed for a contract, and if not, why."""

    REDEEMABLE = "redeemable"
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    USED_HERE = "used-here"
    USED = "used"
    NOT_FOR_CONTRACT = "not-for-contract"
    ENDED = "ended"
    NOT_STARTED = "not-started"
    OUTSIDE_TERM = "outside-term"


@dataclass(frozen=True)
class KnownLicenseKey:
    """A license key that was issued.

    Attributes:
        contract: the only contract that may redeem it; None lets any.
        redeemed_by: the contract that has redeemed it.
    """

    id: UUID
    code: str
    product: UUID
    name_ja: str
    name_en: str
    unit: str
    quantity: int
    starts_on: date
    ends_on: date
    contract: UUID | None
    revoked_at: datetime | None
    redeemed_by: UUID | None


def plain_license_key(typed: str) -> str:
    """Return a license key's characters without its dashes, in capitals of normal width."""
    return _SEPARATORS.sub("", normalised(typed)).upper()


def check_character(characters: str) -> str:
    """Return the check character of ISO/IEC 7064 MOD 37,36 for characters of CHARACTERS."""
    check = 36
    for character in characters:
        check = ((check + CHARACTERS.index(character)) % 36 or 36) * 2 % 37
    return CHARACTERS[(37 - check) % 36]


def is_checked(characters: str) -> bool:
    """Return whether the last character is the check character of those before it."""
    return (
        len(characters) > 1
        and all(c in CHARACTERS for c in characters)
        and check_character(characters[:-1]) == characters[-1]
    )


def new_license_key() -> str:
    """Return a license key: 95 random bits and a check character, as 2B7KQ-9FXMW-H4TRC-8ZPND."""
    length = GROUP * GROUPS
    while True:
        characters = "".join(secrets.choice(UNMISTAKABLE) for _ in range(length - 1))
        characters += check_character(characters)
        if characters[-1] in UNMISTAKABLE:
            return "-".join(characters[at : at + GROUP] for at in range(0, length, GROUP))


def judge_license_key(
    key: KnownLicenseKey | None, characters: str, contract: SeenContract
) -> LicenseKeyOutcome:
    """Return whether a contract can redeem a license key today.

    Args:
        key: what was issued under the typed characters. License keys that
            are older than check characters are known by being issued.
        characters: what was typed, as `plain_license_key` gives it.
    """
    if key is None:
        return LicenseKeyOutcome.UNKNOWN if is_checked(characters) else LicenseKeyOutcome.MISTYPED
    if key.redeemed_by is not None:
        used_here = key.redeemed_by == contract.id
        return LicenseKeyOutcome.USED_HERE if used_here else LicenseKeyOutcome.USED
    if key.contract not in {None, contract.id}:
        return LicenseKeyOutcome.NOT_FOR_CONTRACT
    if key.revoked_at is not None:
        return LicenseKeyOutcome.REVOKED
    return _judge_term(key, contract)


def _judge_term(key: KnownLicenseKey, contract: SeenContract) -> LicenseKeyOutcome:
    if key.ends_on < contract.today:
        return LicenseKeyOutcome.ENDED
    if key.starts_on > contract.ends_on or key.ends_on < contract.starts_on:
        return LicenseKeyOutcome.OUTSIDE_TERM
    if key.starts_on > contract.today:
        return LicenseKeyOutcome.NOT_STARTED
    return LicenseKeyOutcome.REDEEMABLE
