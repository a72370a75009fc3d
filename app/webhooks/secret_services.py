"""An endpoint's address and secrets, which rest encrypted; a secret is shown once."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import Gone, fetch, fetch_value, unit_of_work
from app.encryption import decrypt, encrypt, opens, read_secret, read_text
from app.settings import Settings
from app.webhooks.right_services import lock_endpoint, require_right
from app.webhooks.rules import OVERLAP, SHOWN_WITHIN, Preset
from app.webhooks.signature_rules import make_secret
from app.webhooks.tables import WebhookEndpoint

URL, SECRET = b"webhook-url:", b"webhook-secret:"


def make_box(settings: Settings, purpose: bytes, endpoint: UUID, text: str) -> bytes:
    """Encrypt an endpoint's URL or SECRET; neither opens as the other, or as another one's."""
    return encrypt(read_secret(settings.secret_file), purpose + endpoint.bytes, text.encode())


def read_box(settings: Settings, purpose: bytes, endpoint: UUID, box: bytes) -> str:
    """Return an endpoint's URL or SECRET.

    Raises:
        CannotOpen: it was encrypted under another secret of the portal.
    """
    return decrypt(read_secret(settings.secret_file), purpose + endpoint.bytes, box).decode()


async def open_url(settings: Settings, endpoint: UUID) -> str:
    """Return the address of an endpoint, for the form that changes it; empty if it is lost.

    The caller has found the endpoint through its contract, or may see the vendor's.
    """
    box = await fetch_value("select encrypted_url from webhook_endpoint where id = $1", endpoint)
    url = read_text(settings.secret_file, URL + endpoint.bytes, box) if box else None
    return url or ""


async def take_secret(settings: Settings, endpoint: UUID, viewer: UUID) -> str | None:
    """Return a new secret, once, to the person who made it; None to all others and afterwards."""
    unshown = (
        (WebhookEndpoint.id == endpoint)
        & (WebhookEndpoint.secret_by == viewer)
        & WebhookEndpoint.secret_unshown.eq(True)
        & WebhookEndpoint.removed_at.is_null()
        & (WebhookEndpoint.secret_at > clock.now() - SHOWN_WITHIN)
    )
    taken = (
        await WebhookEndpoint.update({WebhookEndpoint.secret_unshown: False})
        .where(unshown)
        .returning(WebhookEndpoint.encrypted_secret)
    )
    if not taken:
        return None
    box = taken[0]["encrypted_secret"]
    return read_text(settings.secret_file, SECRET + endpoint.bytes, box)


async def rotate_secret(
    settings: Settings, *, contract: UUID | None, endpoint: UUID, revision: int, actor: UUID
) -> None:
    """Give an endpoint a new secret; for a day, the one before signs as well.

    Raises:
        NotOwner: the actor no longer owns the contract, or it has ended.
        Gone: the endpoint was removed, or its receiver checks no signature.
        Changed: it has another revision by now.
    """
    now, box = clock.now(), make_box(settings, SECRET, endpoint, make_secret())
    async with unit_of_work():
        await require_right(contract, actor)
        before = await lock_endpoint(contract, endpoint, revision)
        if before.preset != Preset.STANDARD:
            raise Gone
        await WebhookEndpoint.update(
            {
                WebhookEndpoint.encrypted_secret: box,
                WebhookEndpoint.secret_unshown: True,
                WebhookEndpoint.secret_by: actor,
                WebhookEndpoint.secret_at: now,
                WebhookEndpoint.previous_secret: before.encrypted_secret,
                WebhookEndpoint.previous_until: now + OVERLAP,
            }
        ).where(WebhookEndpoint.id == endpoint)
        await record(
            "webhook-rotation",
            actor=actor,
            contract=contract,
            subject=endpoint,
            name=before.name,
        )


async def forget_secrets() -> None:
    """Delete secrets whose day is over, and show none that was not looked at in time."""
    now = clock.now()
    await WebhookEndpoint.update(
        {WebhookEndpoint.previous_secret: None, WebhookEndpoint.previous_until: None}
    ).where(WebhookEndpoint.previous_until < now)
    await WebhookEndpoint.update({WebhookEndpoint.secret_unshown: False}).where(
        WebhookEndpoint.secret_unshown.eq(True) & (WebhookEndpoint.secret_at < now - SHOWN_WITHIN)
    )


async def count_lost_webhooks(secret: bytes) -> int:
    """Return how many endpoints have an address that does not open under this secret."""
    rows = await fetch(
        "select id, encrypted_url from webhook_endpoint where encrypted_url is not null"
    )
    return sum(not opens(secret, URL + row["id"].bytes, row["encrypted_url"]) for row in rows)
