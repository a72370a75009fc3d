"""What becomes of a person's account when their company's identity provider has spoken."""

from uuid import UUID

from app import clock
from app.accounts.ending_services import end_sessions
from app.accounts.rules import DisabledBy, Ending
from app.accounts.tables import User
from app.accounts.values import LONGEST_NAME
from app.audit.services import record
from app.database import fetch
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.provisioning.error_rules import ScimError
from app.provisioning.person_rules import Document, address_of, name_of
from app.provisioning.queries import owned_alone
from app.provisioning.rules import Caller, VendorDisabled, disabled_after
from app.settings import Settings
from app.single_sign_on.queries import is_linked
from app.web.i18n import gettext as _

LOCK_OWNED = """
    select c.id from contract c join membership m on m.contract = c.id
    where m."user" = $1 and m.role = 'owner' order by c.id for update of c
"""


async def _places(user: UUID) -> list[UUID | None]:
    """Return where an event about an account is recorded: once, and for each of its contracts."""
    found = await fetch('select contract from membership where "user" = $1', user)
    return [None, *(each["contract"] for each in found)]


async def _note(caller: Caller, event_type: str, user: UUID) -> None:
    for contract in await _places(user):
        await record(
            event_type,
            actor=caller.connection,
            contract=contract,
            subject=user,
            company=caller.company,
        )


async def note_creation(caller: Caller, user: UUID) -> None:
    """Record that a provider manages an account from now on."""
    await _note(caller, "provisioning-creation", user)


async def note_change(caller: Caller, user: UUID, changed: str) -> None:
    """Record which attributes of a person a provider changed."""
    for contract in await _places(user):
        await record(
            "provisioning-change",
            actor=caller.connection,
            contract=contract,
            subject=user,
            company=caller.company,
            changed=changed,
        )


async def apply_person(
    settings: Settings, caller: Caller, account: User, before: Document | None, after: Document
) -> None:
    """Bring a locked account in step with what the provider says, in the open unit of work.

    Args:
        before: what the provider said before; None for a person it did not manage.

    Raises:
        ScimError: the person is the last owner of a contract, or the vendor disabled the account.
        asyncpg.UniqueViolationError: another account has the new address.
    """
    await _apply_active(caller, account, (before or {}).get("active"), after.get("active"))
    if before is None:
        return
    name = name_of(after)[:LONGEST_NAME]
    if name and name != name_of(before)[:LONGEST_NAME] and name != account.name:
        await User.update({User.name: name}).where(User.id == account.id)
    if address_of(after) != address_of(before):
        await _move(settings, caller, account, address_of(after))


async def _apply_active(
    caller: Caller, account: User, before: bool | None, wanted: bool | None
) -> None:
    now = DisabledBy(account.disabled_by) if account.disabled_by else None
    try:
        after = disabled_after(now, before, wanted)
    except VendorDisabled:
        raise ScimError(
            409, _("The vendor has disabled this account. Contact the vendor.")
        ) from None
    if after is now:
        return
    if now is None:
        await _require_other_owners(caller, account.id)
    disabled_at = account.disabled_at or clock.now()
    await User.update(
        {
            User.disabled_by: after.value if after else None,
            User.disabled_at: disabled_at if after else None,
        }
    ).where(User.id == account.id)
    if after is None:
        await _note(caller, "provisioning-reactivation", account.id)
        return
    await end_sessions(account.id, Ending.ACCOUNT_DISABLING)
    await _note(caller, "provisioning-deactivation", account.id)


async def _require_other_owners(caller: Caller, user: UUID) -> None:
    """Refuse to deactivate the last owner of a contract who can sign in.

    Raises:
        ScimError: the person is; the detail names the contracts of the provider's own company.
    """
    # They may own another one since the contracts were locked.
    await fetch(LOCK_OWNED, user)
    owned = await owned_alone(user)
    numbers = [each.number for each in owned if each.company == caller.company]
    if owned:
        detail = _(
            "This person is the only owner of %(contracts)s who can sign in. Make another person an"
            " owner first, then deactivate this one.",
            contracts=", ".join(numbers[:10]) or _("a contract of a different company"),
        )
        raise ScimError(409, detail)


async def _move(settings: Settings, caller: Caller, account: User, address: str) -> None:
    """Give an account another address, and mail both. A deactivated person gets no mail.

    Raises:
        ScimError: the person never signed in through the provider. To move the account would give
            it away, by a link that is mailed to the new address.
    """
    if address == account.email:
        return
    if not await is_linked(caller.connection, account.id):
        raise ScimError(
            409,
            _(
                "This person has not signed in through this connection yet, so only they can change"
                " the address, in the portal."
            ),
        )
    await User.update({User.email: address}).where(User.id == account.id)
    await end_sessions(account.id, Ending.ADDRESS_CHANGE)
    active = await fetch(
        "select 1 from portal_user where id = $1 and disabled_at is null", account.id
    )
    for to in (account.email, address) if active else ():
        await enqueue(
            settings,
            "provider-address-change",
            Recipient(to, account.name, account.language),
            about=account.id,
            at=clock.now(),
            new_address=address,
        )
    await _note(caller, "provisioning-address-change", account.id)
