"""ライセンス状況 as a document: a contract's products and environments at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import days
from app.contracts.rules import STATUS_NAMES, SeenContract
from app.pdf.documents import Column, Document, Facts, Listing, Prose, Section, Span, Text
from app.products.queries import ListedEntitlement
from app.products.rules import count_of, product_name
from app.web.documents import new_document
from app.web.i18n import day, moment, number, period, pgettext
from app.web.i18n import gettext as _

# Products of an environment that stay on one page, with its name; beyond, the name is repeated.
MOST_TOGETHER = 20


@dataclass(frozen=True)
class PositionLine:
    """What an environment has of one product; the product's name is empty where it has none.

    Attributes:
        state: of the environment's activation, in words.
        issued_at: when its newest activation file was issued.
        held: held by a running file beyond what is allocated.
    """

    environment: str
    group_company: str
    state: str
    issued_at: datetime | None
    product: str
    unit: str
    allocated: int
    held: int
    ends_on: date | None


@dataclass(frozen=True)
class Position:
    """What a contract has, and where it is used.

    Attributes:
        at: the moment of both.
        lines: of each environment, in order; none is left out of an environment that is listed.
        environments: how many there are, listed or not.
    """

    at: datetime
    entitlements: Sequence[ListedEntitlement]
    lines: Sequence[Sequence[PositionLine]]
    environments: int


def position_document(contract: SeenContract, position: Position) -> Document:
    """Return the document that says how things stand, in the reader's language."""
    return new_document(
        _("License position"),
        contract.number,
        _facts(contract),
        [
            _products(position.entitlements),
            *_holds(contract, position.entitlements),
            _environments(contract, position),
            _contact(contract),
        ],
        at=position.at,
        time_zone=contract.time_zone,
    )


def _facts(contract: SeenContract) -> list[tuple[str, str]]:
    kind = _("Term license") if contract.license_type == "term" else _("Subscription")
    term = _term(contract.starts_on, contract.ends_on)
    return [
        (_("Company"), contract.company),
        (_("Contract number"), contract.number),
        (_("Contract name"), contract.name),
        (_("License type"), kind),
        (_("Term"), term),
        (_("Status"), _(STATUS_NAMES[contract.status])),
    ]


def _term(starts_on: date, ends_on: date) -> str:
    return period(starts_on, ends_on)


def _products(entitlements: Sequence[ListedEntitlement]) -> Section:
    if not entitlements:
        return Section(
            _("Products"), [Prose(_("This contract has no products that you can use today."))]
        )
    columns = [
        Column(_("Product"), 4),
        Column(_("Term"), 3.4),
        Column(_("Contracted"), 2.2, number=True),
        Column(_("Allocated"), 2, number=True),
        Column(_("Held"), 1.4, number=True),
        Column(_("Free"), 1.6, number=True),
    ]
    rows: list[list[Text | Span]] = [
        [
            (product_name(each), _code(each)),
            _term(each.starts_on, each.ends_on),
            count_of(each.quantity, each.unit),
            number(each.allocated),
            number(each.held),
            number(each.free),
        ]
        for each in entitlements
    ]
    return Section(_("Products"), [Listing(columns, rows)])


def _code(entitlement: ListedEntitlement) -> str:
    code = f"{entitlement.code} {entitlement.version}"
    return f"{code} · {_('Other product')}" if entitlement.other else code


def _holds(contract: SeenContract, entitlements: Sequence[ListedEntitlement]) -> list[Section]:
    """Return the environments, retired ones included, that hold more than is allocated to them."""
    rows = [
        [
            product_name(each),
            (hold.name, _("retired")) if hold.retired else hold.name,
            count_of(hold.held, each.unit),
            day(days.last_day_before(hold.until, contract.time_zone)),
        ]
        for each in entitlements
        for hold in each.holders
    ]
    if not rows:
        return []
    columns = [
        Column(_("Product"), 4),
        Column(_("Environment name"), 4),
        Column(_("Held"), 2, number=True),
        Column(_("Held until"), 2, number=True),
    ]
    return [Section(_("Licenses still in use"), [Listing(columns, rows)])]


def _environments(contract: SeenContract, position: Position) -> Section:
    if not position.lines:
        return Section(_("Environments"), [Prose(_("No environments yet."))])
    columns = [
        Column(_("Environment name"), 4),
        Column(_("Activation"), 2.6),
        Column(_("Product"), 4),
        Column(_("Allocated"), 2.2, number=True),
        Column(_("Held"), 1.3, number=True),
    ]
    rows = [row for lines in position.lines for row in _environment(contract, lines)]
    listed = len(position.lines)
    parts: list[Prose | Listing] = [Listing(columns, rows)]
    if listed < position.environments:
        parts.insert(
            0,
            Prose(
                _(
                    "This document lists the first %(listed)s of %(all)s environments. Download"
                    " the table of allocations for all of them.",
                    listed=number(listed),
                    all=number(position.environments),
                )
            ),
        )
    return Section(_("Environments"), parts)


def _environment(contract: SeenContract, lines: Sequence[PositionLine]) -> list[list[Text | Span]]:
    first = lines[0]
    name: Text = (
        (first.environment, first.group_company) if first.group_company else first.environment
    )
    issued = moment(first.issued_at, contract.time_zone) if first.issued_at else ""
    state: Text = (first.state, issued) if issued else first.state
    rows: list[list[Text | Span]] = []
    for start in range(0, len(lines), MOST_TOGETHER):
        together = [_share(contract, line) for line in lines[start : start + MOST_TOGETHER]]
        height = len(together)
        rows += [[Span(height, name), Span(height, state), *together[0]], *together[1:]]
    return rows


def _share(contract: SeenContract, line: PositionLine) -> list[Text | Span]:
    if not line.product:
        return [_("Nothing allocated"), "", ""]
    ended = line.ends_on is not None and line.ends_on < contract.today
    product: Text = (line.product, _("ended")) if ended else line.product
    return [product, count_of(line.allocated, line.unit), number(line.held)]


def _contact(contract: SeenContract) -> Section:
    facts = [
        (pgettext("sales contact", "Name"), contract.sales_name),
        (_("Email address"), contract.sales_email),
        (_("Telephone"), contract.sales_phone),
    ]
    return Section(_("Sales contact"), [Facts(facts)])
