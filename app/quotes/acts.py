"""What owners confirm about quotes: asking for one, and taking the request back."""

from uuid import UUID

from app.confirmations.acts import Act, Context, Done, Payload, Refusal, Statement
from app.contracts.access import provide_owned_contract
from app.contracts.rules import SeenContract
from app.products.rules import count_of
from app.quotes import services
from app.quotes.access import provide_quotable_contract, provide_request
from app.quotes.draft_queries import Builder, find_builder
from app.quotes.draft_rules import NOTE, DraftContent
from app.quotes.draft_services import use_draft
from app.quotes.rules import Line, Wish, totals
from app.quotes.services import StateRefused, Wanted
from app.quotes.wording import before_and_after, total_facts
from app.web.i18n import N_, moment
from app.web.i18n import gettext as _


class DraftRequest(Payload, frozen=True):
    """A request for a quote, made of a draft.

    Attributes:
        content: of the draft, every field of it.
        quantities: new counts by entitlement, for those that change.
    """

    contract: str
    draft: UUID
    revision: int
    content: DraftContent
    quantities: dict[UUID, int]


class OfRequest(Payload, frozen=True):
    """An act about an existing request."""

    contract: str
    reference: str


def _contract_fact(contract: SeenContract) -> tuple[str, str]:
    return _("Contract"), f"{contract.name} ({contract.number})"


async def _state(context: Context, payload: DraftRequest) -> Statement:
    contract = await provide_quotable_contract(context.viewer, payload.contract)
    builder = await find_builder(contract)
    lines = builder.lines(payload.content, payload.quantities)
    return Statement(
        heading=_("Request this quote?"),
        facts=[
            _contract_fact(contract),
            *total_facts(totals([(builder.name_of(line), line) for line in lines])),
            (_("Note"), payload.content.values[NOTE] or _("None")),
            (_("Sales contact"), contract.sales_name),
        ],
        back=f"{contract.url}/quote-requests/new",
        warning=" ".join(_below_use(builder, lines)),
        notes=[
            *_ending(builder, lines),
            _(
                "A quote request is not an order. The contract does not change until you agree to"
                " the quote."
            ),
        ],
        changes=(
            _("Quote for"),
            [(builder.name_of(line), *before_and_after(line)) for line in lines],
        ),
    )


def _below_use(builder: Builder, lines: list[Line]) -> list[str]:
    return [
        _(
            "%(product)s: %(in_use)s are allocated or still in use, more than the %(after)s"
            " requested. Reduce the allocations before the contract changes.",
            product=builder.name_of(line),
            in_use=count_of(line.in_use, line.unit),
            after=count_of(line.after, line.unit),
        )
        for line in lines
        if line.below_use
    ]


def _ending(builder: Builder, lines: list[Line]) -> list[str]:
    return [
        _(
            "%(product)s will not be renewed. The %(in_use)s that are allocated or still in"
            " use end with it.",
            product=builder.name_of(line),
            in_use=count_of(line.in_use, line.unit),
        )
        for line in lines
        if line.wish is Wish.END and line.in_use
    ]


async def _request(context: Context, payload: DraftRequest) -> Done:
    contract = await provide_quotable_contract(context.viewer, payload.contract)
    builder = await find_builder(contract)
    await use_draft(contract=contract.id, draft=payload.draft, revision=payload.revision)
    requested = await services.request_quote(
        context.settings,
        contract=contract.id,
        wanted=[
            Wanted(line.wish, line.entitlement, line.product, line.wanted)
            for line in builder.lines(payload.content, payload.quantities)
        ],
        note=payload.content.values[NOTE],
        actor=context.viewer.id,
        draft=payload.draft,
    )
    return Done(
        f"{contract.url}/quote-requests/{requested.reference}",
        _(
            "The quote was requested. The reference number is %(reference)s.",
            reference=requested.reference,
        ),
    )


async def _state_withdrawal(context: Context, payload: OfRequest) -> Statement:
    contract = await provide_owned_contract(context.viewer, payload.contract)
    request = await provide_request(context.viewer, contract, payload.reference)
    return Statement(
        heading=_("Withdraw this quote request?"),
        facts=[
            _contract_fact(contract),
            (_("Reference number"), request.reference),
            (_("Requested at"), moment(request.requested_at, contract.time_zone)),
        ],
        back=f"{contract.url}/quote-requests/{request.reference}",
        notes=[
            _(
                "The request stays in the list as “Withdrawn”. You can request another quote at any"
                " time."
            )
        ],
        danger=True,
    )


async def _withdraw(context: Context, payload: OfRequest) -> Done:
    contract = await provide_owned_contract(context.viewer, payload.contract)
    request = await provide_request(context.viewer, contract, payload.reference)
    await services.withdraw_quote(context.settings, request=request.id, actor=context.viewer.id)
    return Done(
        f"{contract.url}/quote-requests/{request.reference}",
        _("Quote request %(reference)s was withdrawn.", reference=request.reference),
    )


# The page fills in the state at the time when the person reads this.
MOVED = Refusal(
    "state",
    N_(
        "This request can no longer be withdrawn because its status is “%(state)s”. Talk to"
        " your sales contact."
    ),
    StateRefused,
)
REQUEST = Act("quote-request", DraftRequest, _state, _request)
WITHDRAWAL = Act("quote-withdrawal", OfRequest, _state_withdrawal, _withdraw, {"moved": MOVED})
