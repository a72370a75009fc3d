"""The test of a connection: an owner, or one of the administrators, signs in through it."""

from app import clock
from app.accounts.rules import Viewer
from app.audit.services import record
from app.database import fetch, unit_of_work
from app.single_sign_on import queries
from app.single_sign_on.rules import Connection, Refused, Why
from app.single_sign_on.services import Arrival, link


async def pass_test(connection: Connection, arrival: Arrival, viewer: Viewer) -> None:
    """Note that its owner or administrator signed in through it, and link their account with it.

    Raises:
        Refused: the provider signed in another person.
    """
    address = await queries.find_address(viewer.id)
    if viewer.id != arrival.tester or arrival.person.address != address:
        raise Refused(Why.OTHER_PERSON)
    async with unit_of_work():
        # A connection that was changed during the test has to be tested again.
        await fetch(
            "update single_sign_on_connection set tested_at = $4,"
            " state = case when state = 'draft' then 'tested' else state end"
            " where id = $1 and issuer = $2 and client_id = $3",
            *(connection.id, connection.issuer, connection.client_id, clock.now()),
        )
        await link(connection, viewer.id, arrival.person.subject)
        await record("single-sign-on-test", actor=viewer.id, subject=connection.company)
