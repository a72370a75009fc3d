"""Reads about the people of a contract, and about invitations by their links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.accounts.rules import Viewer, token_hash
from app.accounts.tables import User
from app.contracts.rules import Role, SeenContract, Status
from app.database import Record, fetch, fetch_one, rows
from app.people.rules import AddressProblem, Arrival, LinkState, arrival, link_state
from app.people.tables import Invitation, Registration
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows


@dataclass(frozen=True)
class ListedMember:
    """A member of a contract in the list.

    Attributes:
        user: their account.
        deactivated: whether the identity provider of their company deactivated it.
    """

    id: UUID
    user: UUID
    name: str
    email: str
    role: str
    notification: bool
    last_sign_in_at: datetime | None
    deactivated: bool


MEMBERS = Listing(
    row=fields_of(ListedMember),
    columns="""m.id, m."user", u.name, u.email, m.role, m.notification, u.last_sign_in_at,
        coalesce(u.disabled_by in ('provider', 'both'), false) as deactivated""",
    tables='membership m join portal_user u on u.id = m."user"',
    key="m.id",
    orders={
        # Owners first.
        "role": Order("(m.role <> 'owner', u.name)"),
        "name": Order("u.name"),
        "sign-in": Order("coalesce(u.last_sign_in_at, '-infinity')", down=True),
    },
    search=words_in("u.name", "u.email"),
    filters={"role": {role.value: f"m.role = '{role.value}'" for role in Role}},
)


async def list_members(contract: SeenContract, wanted: Wanted) -> Listed[ListedMember]:
    """Return the members of a contract."""
    where = Where()
    where.add("m.contract = {}", contract.id)
    return await list_rows(MEMBERS, wanted, where)


@dataclass(frozen=True)
class ListedInvitation:
    """An open invitation, and how its mail fares."""

    id: UUID
    email: str
    expires_at: datetime
    mail_state: str | None
    mail_reason: str | None
    mail_answer: str | None

    @property
    def on_its_way(self) -> bool:
        """Return whether the mail waits for its first attempt, which takes seconds."""
        return self.mail_state == "queued" and not self.mail_answer


async def list_invitations(contract: SeenContract) -> list[ListedInvitation]:
    """Return the open invitations of a contract, the newest first."""
    return await rows(
        ListedInvitation,
        """
        select i.id, i.email, i.expires_at,
               d.state as mail_state, d.reason as mail_reason, d.answer as mail_answer
        from invitation i left join lateral (
            select state, reason, answer from mail
            where about = i.id order by created_at desc limit 1) d on true
        where i.contract = $1 and i.ended_at is null order by i.invited_at desc, i.email
        """,
        contract.id,
    )


@dataclass(frozen=True)
class SeenMembership:
    """One person's place in a contract, as seen by a person who may change it.

    Attributes:
        has_to_stay: the only owner who can sign in, of a contract that runs.
    """

    id: UUID
    person: UUID
    name: str
    email: str
    role: Role
    notification: bool
    revision: int
    own: bool
    has_to_stay: bool

    def url(self, contract: SeenContract) -> str:
        """Path of the membership's page."""
        return f"{contract.url}/members/{self.id}"


async def find_membership(
    viewer: Viewer, contract: SeenContract, id: UUID
) -> SeenMembership | None:
    """Return a membership that the person may change: their own; any, for owners while it runs."""
    row = await fetch_one(
        """
        select m.id, m."user", u.name, u.email, m.role, m.notification, m.revision,
               m.role = 'owner' and not exists (
                   select from membership o join portal_user w on w.id = o."user"
                   where o.contract = m.contract and o.role = 'owner' and o.id <> m.id
                     and w.disabled_at is null) as only_owner
        from membership m join portal_user u on u.id = m."user"
        where m.id = $1 and m.contract = $2
        """,
        id,
        contract.id,
    )
    if row is None or not (row["user"] == viewer.id or contract.may_change):
        return None
    return SeenMembership(
        id=row["id"],
        person=row["user"],
        name=row["name"],
        email=row["email"],
        role=Role(row["role"]),
        notification=row["notification"],
        revision=row["revision"],
        own=row["user"] == viewer.id,
        has_to_stay=row["only_owner"] and contract.status is not Status.ENDED,
    )


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that was neither used nor ended; it may have expired."""

    id: UUID
    email: str
    language: str
    expires_at: datetime


async def find_open_invitation(contract: SeenContract, id: UUID) -> OpenInvitation | None:
    """Return an open invitation of the contract."""
    found = (
        await Invitation.select(
            Invitation.id, Invitation.email, Invitation.language, Invitation.expires_at
        )
        .where(
            (Invitation.id == id)
            & (Invitation.contract == contract.id)
            & Invitation.ended_at.is_null()
        )
        .first()
    )
    return OpenInvitation(**found) if found else None


async def address_problems(
    contract: UUID, emails: Sequence[str], now: datetime
) -> dict[str, AddressProblem]:
    """Return which of these addresses are members, or have an invitation that can be used."""
    found = await fetch(
        """
        select u.email, true as member from membership m join portal_user u on u.id = m."user"
        where m.contract = $1 and u.email = any($2)
        union all
        select email, false from invitation
        where contract = $1 and email = any($2) and ended_at is null and expires_at > $3
        """,
        contract,
        list(emails),
        now,
    )
    return {
        row["email"]: AddressProblem.MEMBER if row["member"] else AddressProblem.INVITED
        for row in sorted(found, key=lambda row: row["member"])
    }


async def count_open_invitations(contract: UUID) -> int:
    """Count the open invitations of a contract."""
    found: int = await Invitation.count().where(
        (Invitation.contract == contract) & Invitation.ended_at.is_null()
    )
    return found


@dataclass(frozen=True)
class Link:
    """What a mailed link says to the person who opened it: the link lets them see this.

    Attributes:
        inviter: name of who sent it, or an empty string once they are gone.
        accepted_by: who joined by it.
        arrival: how the person can join, while the link is open.
    """

    id: UUID
    email: str
    language: str
    expires_at: datetime
    role: Role
    contract: UUID
    contract_number: str
    contract_name: str
    company: str
    inviter: str
    accepted_by: UUID | None
    state: LinkState
    arrival: Arrival


async def find_link(token: str, viewer: Viewer | None) -> Link | None:
    """Return the invitation that a link's token belongs to, as the person who opened it sees it."""
    row = await fetch_one(
        """
        select i.id, i.email, i.language, i.role, i.expires_at, i.end_reason,
               i.accepted_by, i.contract,
               c.number, c.name, p.name as company, coalesce(w.name, '') as inviter,
               c.ends_on >= (now() at time zone c.time_zone)::date as runs, a.id as account,
               coalesce((select email from portal_user where id = $2), '') as viewer_email,
               exists (select 1 from membership m
                       where m.contract = c.id and m."user" = $2) as member
        from invitation i
        join contract c on c.id = i.contract
        join company p on p.id = c.company
        left join portal_user w on w.id = i.invited_by
        left join portal_user a on a.email = i.email
        where i.token_hash = $1
        """,
        token_hash(token),
        viewer.id if viewer else None,
    )
    return _link(row, viewer) if row else None


def _link(row: Record, viewer: Viewer | None) -> Link:
    return Link(
        id=row["id"],
        email=row["email"],
        language=row["language"],
        expires_at=row["expires_at"],
        role=Role(row["role"]),
        contract=row["contract"],
        contract_number=row["number"],
        contract_name=row["name"],
        company=row["company"],
        inviter=row["inviter"],
        accepted_by=row["accepted_by"],
        state=link_state(
            end_reason=row["end_reason"],
            expires_at=row["expires_at"],
            contract_runs=row["runs"],
            now=clock.now(),
        ),
        arrival=arrival(
            invited=row["email"],
            account=row["account"],
            viewer=viewer.id if viewer else None,
            member=row["member"],
            viewer_email=row["viewer_email"],
        ),
    )


async def find_registration(link: Link, id: UUID) -> Registration | None:
    """Return an account that is being made by this link."""
    return (
        await Registration.objects()
        .where(
            (Registration.id == id)
            & (Registration.invitation == link.id)
            & (Registration.expires_at > clock.now())
        )
        .first()
    )


async def code_taken(code: str) -> bool:
    """Return whether an account has this user code."""
    return await User.exists().where(User.code == code)
