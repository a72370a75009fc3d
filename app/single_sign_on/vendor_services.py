"""The vendor's own connection: what it has beyond a company's."""

from uuid import UUID

import asyncpg

from app import clock
from app.audit.services import record
from app.database import Changed, Gone, unit_of_work
from app.single_sign_on.connection_services import begin_again, lock_connection
from app.single_sign_on.session_services import end_provider_sessions
from app.single_sign_on.tables import SingleSignOnConnection
from app.single_sign_on.values import VendorConnectionValues
from app.web.values import builtins, columns


async def save_vendor_connection(
    *, values: VendorConnectionValues, revision: int, actor: UUID
) -> None:
    """Set issuer, client, and what counts as a second factor.

    Another issuer or client has to be tested again. Sessions end where less counts than before:
    some of them would not be open.

    Raises:
        Changed: the connection has another revision by now, or was made in the meantime.
    """
    try:
        async with unit_of_work():
            await _save(values, revision)
            await record("single-sign-on-change", actor=actor, subject=None, **builtins(values))
    except asyncpg.UniqueViolationError:
        raise Changed from None


async def _save(values: VendorConnectionValues, revision: int) -> None:
    connection = SingleSignOnConnection
    try:
        before = await lock_connection(None, revision)
    except Gone:
        await connection.insert(connection(company=None, created_at=clock.now(), **columns(values)))
        return
    if (before.issuer, before.client_id) != (values.issuer, values.client_id):
        await begin_again(before, values)
        return
    if not ({*before.amr} <= {*values.amr} and {*before.acr} <= {*values.acr}):
        await end_provider_sessions(before.id)
    await connection.update(columns(values)).where(connection.id == before.id)
