"""見積依頼 as a document: what is asked for, by whom, and the vendor's answer."""

from uuid import UUID

from app import clock
from app.database import Record, fetch_one
from app.pdf.documents import Column, Document, Facts, Listing, Prose, Section
from app.products.rules import product_name
from app.quotes import wording
from app.quotes.queries import SeenRequest
from app.web.documents import new_document
from app.web.i18n import day, moment, period
from app.web.i18n import gettext as _
from app.web.vendor import vendor_name


async def request_document(quoted: SeenRequest, contract: UUID) -> Document:
    """Return the document of a request as it stands now, in the reader's language.

    Args:
        contract: the id of the contract that it is about.
    """
    row = await fetch_one(
        "select c.number, c.name, p.name as company, c.starts_on, c.ends_on, c.time_zone,"
        " c.sales_name, c.sales_email, c.sales_phone"
        " from contract c join company p on p.id = c.company where c.id = $1",
        contract,
    )
    assert row is not None, "a request names its contract"
    return new_document(
        _("Quote request"),
        quoted.reference,
        _facts(quoted, row["time_zone"]),
        [*_parties(row), _lines(quoted), *_note(quoted), *_answer(quoted, row["time_zone"])],
        at=clock.now(),
        time_zone=row["time_zone"],
    )


def _facts(quoted: SeenRequest, zone: str) -> list[tuple[str, str]]:
    moments = [
        (_("Withdrawn at"), quoted.withdrawn_at),
        (_("Agreed at"), quoted.concluded_at),
        (_("Applied at"), quoted.applied_at),
    ]
    facts = [
        (_("Reference number"), quoted.reference),
        (_("Status"), wording.state_name(quoted.state)),
        (_("Requested at"), moment(quoted.requested_at, zone)),
        (_("Requested by"), quoted.requested_by or _("(deleted)")),
        *((label, moment(at, zone)) for label, at in moments if at),
    ]
    if quoted.counts_from:
        facts.append((_("New quantities apply from"), day(quoted.counts_from)))
    return facts


def _parties(contract: Record) -> list[Section]:
    customer = [
        (_("Company"), contract["company"]),
        (_("Contract number"), contract["number"]),
        (_("Contract name"), contract["name"]),
        (_("Term"), period(contract["starts_on"], contract["ends_on"])),
    ]
    vendor = [
        (_("Issued by"), vendor_name()),
        (_("Sales contact"), contract["sales_name"]),
        (_("Email address"), contract["sales_email"]),
        (_("Telephone"), contract["sales_phone"]),
    ]
    return [Section(_("Customer"), [Facts(customer)]), Section(_("Vendor"), [Facts(vendor)])]


def _lines(quoted: SeenRequest) -> Section:
    columns = [
        Column(_("Product"), 4),
        Column(_("Renewal option"), 3),
        Column(_("When requested"), 2.2, number=True),
        Column(_("After"), 2.2, number=True),
    ]
    rows = [
        [
            product_name(seen),
            wording.wish_name(seen.line.wish),
            *wording.before_and_after(seen.line),
        ]
        for seen in quoted.lines
    ]
    totals = Facts(wording.total_facts(quoted.totals))
    return Section(_("Quote for"), [Listing(columns, rows), totals])


def _note(quoted: SeenRequest) -> list[Section]:
    return [Section(_("Note"), [Prose(quoted.note)])] if quoted.note else []


def _answer(quoted: SeenRequest, zone: str) -> list[Section]:
    if quoted.answered_at is None:
        return []
    facts = [(_("Answered at"), moment(quoted.answered_at, zone))]
    if quoted.answer_file:
        facts.append((_("Attached file"), quoted.answer_file.name))
    return [Section(_("The vendor's answer"), [Prose(quoted.answer), Facts(facts)])]
