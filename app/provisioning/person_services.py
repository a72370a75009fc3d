"""Changes of people that a company's identity provider makes by SCIM.

Locks are taken in one order: the connection, contracts that the person owns, their account, then
what the provider says of them.
"""

from collections.abc import Callable
from uuid import UUID

import asyncpg
import msgspec

from app import clock
from app.accounts.tables import User
from app.audit.services import record
from app.database import Gone, fetch, fetch_one, lock_row, unit_of_work
from app.people.membership_services import lock_people
from app.provisioning.account_services import apply_person, note_change, note_creation
from app.provisioning.answer_rules import Managed
from app.provisioning.error_rules import CHALLENGE, ScimError, ScimType, invalid_value
from app.provisioning.person_rules import Document, address_of, name_of
from app.provisioning.queries import PERSON, find_person, managed, still_counts
from app.provisioning.rules import Caller, base_url
from app.provisioning.tables import ProvisionedPerson
from app.settings import Settings
from app.single_sign_on.account_services import AddressTaken, make_account
from app.single_sign_on.queries import find_connection
from app.single_sign_on.rules import Connection, domain_of
from app.web.i18n import gettext as _
from app.web.mail_addresses import is_mail_address

Change = Callable[[Document], Document]


async def create_person(settings: Settings, caller: Caller, person: Document) -> Managed:
    """Manage a person from now on: with the account of their address, or with a new one.

    Raises:
        ScimError: the address is of no domain of the connection, or the person is there already.
    """
    try:
        async with unit_of_work():
            connection = await _hold_connection(caller)
            address = _own_address(connection, person)
            user = await _account_of(connection, address, person)
            await _hold(user)
            account = await lock_row(User, User.id == user, strength="NO KEY UPDATE")
            id = await _insert(caller, user, person)
            await note_creation(caller, user)
            await apply_person(settings, caller, account, None, person)
            return await _found(caller, id)
    except (asyncpg.UniqueViolationError, AddressTaken) as error:
        raise _taken(error) from None


async def _hold_connection(caller: Caller) -> Connection:
    """Keep the connection and its domains as they are, and return it.

    Raises:
        ScimError: the token was revoked a moment ago.
    """
    await fetch(
        "select 1 from single_sign_on_connection where id = $1 for share", caller.connection
    )
    if not await still_counts(caller):
        raise ScimError(401, _("This token was revoked."), headers=CHALLENGE)
    connection = await find_connection(caller.company)
    assert connection is not None, "a token belongs to a connection"
    return connection


def _own_address(connection: Connection, person: Document) -> str:
    address = address_of(person)
    if not is_mail_address(address):
        raise invalid_value(_("Send the email address of the person in “emails” or as “userName”."))
    if domain_of(address) not in connection.domains:
        raise invalid_value(
            _(
                "The address is not in a verified domain of this connection (%(domains)s).",
                domains=", ".join(sorted(connection.domains)),
            )
        )
    return address


async def _account_of(connection: Connection, address: str, person: Document) -> UUID:
    found = await fetch_one("select id, staff_role from portal_user where email = $1", address)
    if found is None:
        return await make_account(connection, address, name_of(person), None)
    if found["staff_role"] is not None:
        raise _conflict(_("This address belongs to an account that no provider can manage."))
    user: UUID = found["id"]
    return user


async def _hold(user: UUID) -> None:
    """Lock the contracts that a person owns, in the order of their ids."""
    owned = await fetch(
        "select contract from membership where \"user\" = $1 and role = 'owner' order by contract",
        user,
    )
    for each in owned:
        await lock_people(each["contract"])


async def _insert(caller: Caller, user: UUID, person: Document) -> UUID:
    """Keep what the provider says. A person whom it removed before comes back as a new one."""
    table, now = ProvisionedPerson, clock.now()
    await table.delete().where((table.user == user) & table.removed_at.is_not_null())
    row = table(
        connection=caller.connection,
        user=user,
        user_name=person["userName"],
        external_id=person.get("externalId"),
        attributes=_attributes(person),
        created_at=now,
        changed_at=now,
    )
    await table.insert(row)
    return row.id


def _attributes(person: Document) -> str:
    rest = {key: each for key, each in person.items() if key not in {"userName", "externalId"}}
    return msgspec.json.encode(rest).decode()


async def _found(caller: Caller, id: UUID) -> Managed:
    found = await find_person(caller, id)
    if found is None:
        raise not_found()
    return found


async def change_person(
    settings: Settings, caller: Caller, id: UUID, change: Change, if_match: str
) -> Managed:
    """Change what a provider says of a person, and their account with it.

    Args:
        change: returns what the provider says then.
        if_match: the version that the provider saw; empty for any.

    Raises:
        ScimError: there is no such person, or the change cannot be made.
    """
    try:
        async with unit_of_work():
            connection = await _hold_connection(caller)
            account, before = await _hold_person(settings, caller, id, if_match)
            if domain_of(account.email) not in connection.domains:
                raise not_found()
            after = change(before.person)
            if after != before.person:
                if address_of(after) != address_of(before.person):
                    _own_address(connection, after)
                await _update(id, after)
                if changed := _changed(before.person, after):
                    await note_change(caller, account.id, changed)
            await apply_person(settings, caller, account, before.person, after)
            return await _found(caller, id)
    except asyncpg.UniqueViolationError as error:
        raise _taken(error) from None


async def _hold_person(
    settings: Settings, caller: Caller, id: UUID, if_match: str
) -> tuple[User, Managed]:
    seen = await _found(caller, id)
    await _hold(seen.user)
    try:
        account = await lock_row(User, User.id == seen.user, strength="NO KEY UPDATE")
    except Gone:
        raise not_found() from None
    found = await fetch_one(
        f"{PERSON} where p.id = $1 and p.removed_at is null for update of p", id
    )
    if found is None:
        raise not_found()
    person = managed(found)
    version = person.shown(base_url(settings.base_url))["meta"]["version"]
    if if_match not in {"", "*"} and version not in {v.strip() for v in if_match.split(",")}:
        raise ScimError(412, _("This person has changed since you read them. Read them again."))
    return account, person


async def _update(id: UUID, person: Document) -> None:
    table = ProvisionedPerson
    await table.update(
        {
            table.user_name: person["userName"],
            table.external_id: person.get("externalId"),
            table.attributes: _attributes(person),
            table.changed_at: clock.now(),
        }
    ).where(table.id == id)


def _changed(before: Document, after: Document) -> str:
    """Return the names of changed attributes; `active` has events of its own."""
    names = sorted((before.keys() | after.keys()) - {"active"})
    return ", ".join(name for name in names if before.get(name) != after.get(name))


async def remove_person(settings: Settings, caller: Caller, id: UUID, if_match: str) -> None:
    """Remove a person from what a provider manages; their account stays, deactivated.

    Who has an address elsewhere by now is not deactivated: they left the company, or it the domain.

    Raises:
        ScimError: there is no such person, or they are the last owner of a contract.
    """
    async with unit_of_work():
        connection = await _hold_connection(caller)
        account, before = await _hold_person(settings, caller, id, if_match)
        if domain_of(account.email) in connection.domains:
            gone = {**before.person, "active": False}
            await apply_person(settings, caller, account, before.person, gone)
        await ProvisionedPerson.update({ProvisionedPerson.removed_at: clock.now()}).where(
            ProvisionedPerson.id == id
        )
        await record(
            "provisioning-removal",
            actor=caller.connection,
            subject=account.id,
            company=caller.company,
        )


def not_found() -> ScimError:
    """Return the error of a person whom the provider does not manage."""
    return ScimError(404, _("There is no person with this id in this connection."))


def _conflict(detail: str) -> ScimError:
    return ScimError(409, detail, ScimType.UNIQUENESS)


def _taken(error: Exception) -> ScimError:
    constraint = getattr(error, "constraint_name", "")
    if constraint == "provisioned_person_external_id":
        return _conflict(_("Another person of this connection has this externalId."))
    if constraint == "portal_user_email_key":
        return _conflict(_("Another account has this address."))
    return _conflict(_("This connection already manages this person."))
