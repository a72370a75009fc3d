"""Decisions about provisioning: tokens, and who may say what of an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.accounts.rules import DisabledBy

# After a rotation the token before works this long, so that the provider can be changed over.
OVERLAP = timedelta(hours=24)
# The person who made a token can see it for this long. After that no one can.
SHOWN_WITHIN = timedelta(minutes=15)
USE_NOTED_EVERY = timedelta(minutes=1)
BASE = "/scim/v2"


class TokenState(StrEnum):
    """Whether a token counts."""

    IN_FORCE = "in-force"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Caller:
    """The provider whose token a call carries.

    Attributes:
        hash: of the token; the row may get another one while the call is under way.
        expires_at: when this token ends; None for the newest one.
    """

    token: UUID
    connection: UUID
    company: UUID
    hash: bytes
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def state(self, now: datetime) -> TokenState:
        """Return whether the token counts."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        replaced = self.expires_at is not None and self.expires_at <= now
        return TokenState.REPLACED if replaced else TokenState.IN_FORCE


class VendorDisabled(Exception):
    """The vendor disabled the account: its company's provider cannot open it."""


def disabled_after(
    now: DisabledBy | None, before: bool | None, wanted: bool | None
) -> DisabledBy | None:
    """Return who has disabled an account once its provider has spoken.

    Args:
        before, wanted: what the provider said of `active` before, and says now.

    Raises:
        VendorDisabled: the provider wants to open what the vendor disabled.
    """
    if wanted is False:
        return {None: DisabledBy.PROVIDER, DisabledBy.VENDOR: DisabledBy.BOTH}.get(now, now)
    if wanted and now is DisabledBy.PROVIDER:
        return None
    if wanted and now is not None and not before:
        raise VendorDisabled
    return now


def base_url(portal: str) -> str:
    """Return the address of SCIM, which is entered at a provider."""
    return f"{portal}{BASE}"
