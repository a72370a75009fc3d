"""Passkeys (Web Authentication Level 3): challenges, registration, and use."""

import json
import secrets
from dataclasses import dataclass
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from app import clock
from app.accounts.factors import queries as factor_queries
from app.accounts.factors.rules import CHALLENGE_LASTS, Factors, Purpose, RelyingParty
from app.accounts.factors.tables import Passkey, PasskeyChallenge
from app.accounts.queries import counts
from app.accounts.rules import Viewer
from app.database import fetch, fetch_one

CHALLENGE_BYTES = 32
# What the parsers of a browser's answer raise for one that is none: JSON, Base64, CBOR, keys.
MALFORMED = (WebAuthnException, ValueError, EOFError, LookupError, TypeError, AttributeError)

TAKE_CHALLENGE = f"""
    delete from passkey_challenge c using portal_user u
    where c.challenge = $1 and u.id = $2 and c."user" = u.id and c.purpose = $3
      and c.expires_at > $4 and {counts("c")}
    returning c.id
"""  # noqa: S608 - a fixed condition


@dataclass(frozen=True)
class _Given:
    """A browser's answer, read as far as is needed to find what it answers."""

    credential: dict[str, object]
    challenge: bytes
    id: bytes


async def _new_challenge(user: UUID, generation: int, purpose: Purpose) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    await PasskeyChallenge.insert(
        PasskeyChallenge(
            user=user,
            generation=generation,
            purpose=purpose.value,
            challenge=challenge,
            expires_at=clock.now() + CHALLENGE_LASTS,
        )
    )
    return challenge


def _known(factors: Factors) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in factors.passkeys]


async def registration_options(viewer: Viewer, party: RelyingParty, name: str) -> str:
    """What the browser needs to make a passkey, as JSON.

    Args:
        name: what the portal is called, shown by some authenticators.
    """
    factors = await factor_queries.find_factors(viewer.id)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=name,
        user_id=viewer.id.bytes,
        user_name=viewer.code,
        user_display_name=viewer.name,
        challenge=await _new_challenge(viewer.id, viewer.generation, Purpose.REGISTRATION),
        timeout=int(CHALLENGE_LASTS.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_known(factors),
    )
    return options_to_json(options)


async def proof_options(user: UUID, generation: int, factors: Factors, party: RelyingParty) -> str:
    """What the browser needs to use one of the person's passkeys, as JSON.

    Args:
        generation: of the credentials that the person has proved already.
    """
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=await _new_challenge(user, generation, Purpose.PROOF),
        timeout=int(CHALLENGE_LASTS.total_seconds() * 1000),
        allow_credentials=_known(factors),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options)


def _read(text: str) -> _Given | None:
    try:
        credential = json.loads(text)
        client_data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return _Given(
            credential,
            base64url_to_bytes(client_data["challenge"]),
            base64url_to_bytes(credential["rawId"]),
        )
    except (*MALFORMED, RecursionError):
        return None


async def _take_challenge(user: UUID, purpose: Purpose, challenge: bytes) -> bool:
    """Whether the portal asked for it; the first answer uses it up."""
    taken = await fetch_one(
        TAKE_CHALLENGE,
        challenge,
        user,
        purpose.value,
        clock.now(),
    )
    return taken is not None


async def verified_registration(
    viewer: Viewer, text: str, party: RelyingParty
) -> VerifiedRegistration | None:
    """The new passkey in a browser's answer, or None if the answer does not count."""
    given = _read(text)
    if given is None or not await _take_challenge(viewer.id, Purpose.REGISTRATION, given.challenge):
        return None
    try:
        return verify_registration_response(
            credential=given.credential,
            expected_challenge=given.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except MALFORMED:
        return None


async def passkey_answers(user: UUID, text: str, party: RelyingParty) -> bool:
    """Whether a browser's answer is signed by one of the person's passkeys, for this moment."""
    given = _read(text)
    if given is None or not await _take_challenge(user, Purpose.PROOF, given.challenge):
        return False
    passkey = await factor_queries.find_passkey(user, given.id)
    if passkey is None:
        return False
    try:
        verified = verify_authentication_response(
            credential=given.credential,
            expected_challenge=given.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except MALFORMED:
        return False
    return await _note_use(passkey.id, verified.new_sign_count)


async def _note_use(passkey: UUID, sign_count: int) -> bool:
    """Keep the passkey's own counter, which never goes back unless it always stays at zero."""
    noted = await fetch(
        "update passkey set sign_count = $2, last_used_at = $3 where id = $1"
        " and (sign_count < $2 or (sign_count = 0 and $2 = 0)) returning id",
        passkey,
        sign_count,
        clock.now(),
    )
    return bool(noted)


async def keep_passkey(viewer: Viewer, name: str, made: VerifiedRegistration) -> UUID:
    """Keep a new passkey.

    Raises:
        asyncpg.UniqueViolationError: it is registered already.
    """
    passkey = Passkey(
        user=viewer.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        created_at=clock.now(),
    )
    await Passkey.insert(passkey)
    return passkey.id
