"""What of people's accounts is encrypted under a secret that the portal no longer has."""

from app import clock
from app.accounts.factors.proof_services import open_app_secret
from app.accounts.parking.rules import open_form
from app.database import fetch


async def count_lost_apps(secret: bytes) -> int:
    """How many authenticator apps in use cannot be checked under this secret."""
    rows = await fetch(
        'select "user", encrypted_secret from authenticator_app where confirmed_at is not null'
    )
    return sum(
        open_app_secret(secret, row["user"], row["encrypted_secret"]) is None for row in rows
    )


async def count_lost_forms(secret: bytes) -> int:
    """How many kept forms cannot be opened under this secret."""
    rows = await fetch("select form from parked_form where expires_at > $1", clock.now())
    return sum(open_form(secret, row["form"]) is None for row in rows)
