"""The contract and what belongs to it: products, members, quote requests, history."""

from litestar import Controller, get
from litestar.di import NamedDependency, Provide

from app.api.access import Caller
from app.api.calls import provide_part
from app.api.documented_rules import LISTED, READ
from app.api.list_rules import Part, page_of
from app.api.values import (
    Account,
    Contract,
    Event,
    GroupCompany,
    Member,
    Names,
    Page,
    Product,
    QuoteRequest,
)
from app.contracts.queries import list_group_companies
from app.contracts.rules import Role
from app.history import queries as history
from app.history.rules import HistoryFilter
from app.people import queries as people
from app.people.queries import ListedMember
from app.products.queries import ListedEntitlement, list_entitlements
from app.quotes import queries as quotes
from app.quotes.queries import ListedRequest
from app.quotes.rules import QuoteState

LIST = {"part": Provide(provide_part)}


class ContractCalls(Controller):
    """Reads of the contract."""

    path = "/"

    @get("/contract", responses=READ, tags=["contract"])
    async def read_contract(self, caller: NamedDependency[Caller]) -> Contract:
        """Read the contract, and which service account calls."""
        contract, holder = caller.contract, caller.holder
        assert holder.role is not None, "an account of a contract has one"
        companies = await list_group_companies(contract)
        return Contract(
            number=contract.number,
            name=contract.name,
            company=contract.company,
            license_type=contract.license_type,
            status=contract.status,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            time_zone=contract.time_zone,
            group_companies=[GroupCompany(each.id, each.name) for each in companies],
            account=Account(holder.id, holder.name, holder.role, holder.expires_at),
        )

    @get("/products", responses=READ, tags=["products"])
    async def list_products(self, caller: NamedDependency[Caller]) -> Page[Product]:
        """List the contracted products with their counts, also those that have ended."""
        found = await list_entitlements(caller.contract, expired=True)
        return Page([_product(each) for each in found], None)

    @get("/members", responses=LISTED, dependencies=LIST, tags=["members"])
    async def list_members(
        self, caller: NamedDependency[Caller], part: NamedDependency[Part]
    ) -> Page[Member]:
        """List the people of the contract, owners first."""
        listed = await people.list_members(caller.contract, part.wanted(people.MEMBERS))
        return page_of(listed, _member)

    @get("/quote-requests", responses=LISTED, dependencies=LIST, tags=["quotes"])
    async def list_quote_requests(
        self, caller: NamedDependency[Caller], part: NamedDependency[Part]
    ) -> Page[QuoteRequest]:
        """List the requests for quotes, the newest first."""
        listed = await quotes.list_requests(caller.contract, part.wanted(quotes.REQUESTS))
        return page_of(listed, _quote)

    @get("/history", responses=LISTED, dependencies=LIST, tags=["history"])
    async def list_history(
        self, caller: NamedDependency[Caller], part: NamedDependency[Part]
    ) -> Page[Event]:
        """List what was done in the contract, the newest first."""
        wanted = part.wanted(history.EVENTS)
        return page_of(await history.list_events(caller.contract, HistoryFilter(), wanted), _event)


def _product(each: ListedEntitlement) -> Product:
    return Product(
        id=each.id,
        code=each.code,
        name=Names(each.name_ja, each.name_en),
        unit=each.unit,
        version=each.version,
        quantity=each.quantity,
        allocated=each.allocated,
        held=each.held,
        free=each.free,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        expired=each.expired,
    )


def _member(each: ListedMember) -> Member:
    role = Role(each.role)
    return Member(each.name, each.email, role, each.notification, each.last_sign_in_at)


def _quote(each: ListedRequest) -> QuoteRequest:
    state = QuoteState(each.state)
    return QuoteRequest(each.reference, state, each.requested_at, each.requested_by)


def _event(each: history.SeenEvent) -> Event:
    return Event(each.id, each.at, each.event_type, each.text, each.quantities, each.person)
