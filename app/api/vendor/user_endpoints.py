"""Customers' people, and owners for contracts that have none."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.api.access import VendorCaller
from app.api.calls import answered, provide_part, provide_vendor_call, read_body, takes
from app.api.documented_rules import CREATED, LISTED, READ
from app.api.form_rules import values_of
from app.api.list_rules import Part, page_of
from app.api.services import Answer, Call, do, once
from app.api.values import Page
from app.api.vendor.user_values import ContractOfUser, ListedUser, NewOwner, OwnerInvitation, User
from app.contracts.rules import Role
from app.staff.contracts import owner_acts as acts
from app.staff.contracts.values import OwnerValues
from app.staff.people import queries
from app.staff.rules import Permission
from app.staff.services import note_account_inspection
from app.web.i18n import LANGUAGE_NAMES
from app.web.lists.queries import list_rows

TAGS = ["vendor-users"]
SEE = {"scope": Permission.CONSOLE_SEE}


class UserCalls(Controller):
    """Accounts of customers; those of the staff are not among them."""

    path = "/vendor/users"

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_users(self, part: NamedDependency[Part]) -> Page[ListedUser]:
        """List the customers' people by user code."""
        wanted = part.wanted(queries.USERS, kind="customers")
        return page_of(await list_rows(queries.USERS, wanted), _listed)

    @get("/{user_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_user(
        self, vendor: NamedDependency[VendorCaller], user_id: FromPath[UUID]
    ) -> User:
        """Read a person's account; that it was read is on record, as in the console."""
        found = await queries.find_user(user_id)
        if found is None or found.staff_role is not None:
            raise NotFoundException
        await note_account_inspection(user=user_id, actor=vendor.holder.id)
        return User(
            id=found.id,
            code=found.code,
            name=found.name,
            email=found.email,
            disabled_at=found.disabled_at,
            last_sign_in_at=found.last_sign_in_at,
            language=found.language,
            second_factor=found.second_factor,
            contracts=[ContractOfUser(each.number, Role(each.role)) for each in found.memberships],
        )


@post(
    "/vendor/owner-invitations",
    responses=CREATED,
    dependencies={"call": Provide(provide_vendor_call)},
    tags=TAGS,
    opt=takes(NewOwner, Permission.OWNERS_APPOINT),
)
async def invite_owner(
    request: Request[Any, Any, Any], call: NamedDependency[Call]
) -> Response[OwnerInvitation]:
    """Invite an owner to a contract that has none who can act."""
    body = await read_body(request, NewOwner)
    said = {**msgspec.structs.asdict(body), "membership": None}
    choices = {"membership": dict[str, str](), "owner_language": LANGUAGE_NAMES}
    values = values_of(OwnerValues, said, choices)

    async def work() -> Answer:
        await do(call, acts.OWNER, acts.Appointment(body.contract, values=values))
        sent = OwnerInvitation(body.contract, values.owner_email, values.owner_language)
        return Answer.of(sent, 201)

    return answered(await once(call, work))


def _listed(each: queries.ListedUser) -> ListedUser:
    return ListedUser(
        each.id, each.code, each.name, each.email, each.disabled_at, each.last_sign_in_at
    )
