"""How the vendor's calls create, amend and renew a contract: by the console's forms and acts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from app.api.services import Call, do
from app.api.vendor.company_queries import COMPANIES, SeenCompany
from app.api.vendor.contract_queries import ContractRow
from app.api.vendor.contract_values import SoldContract
from app.api.vendor.form_rules import read_facts, require_same, wrong
from app.api.vendor.key_queries import find_by
from app.api.vendor.key_values import Outcome, Reference, Related
from app.contracts.contract_values import (
    EMERGENCY_FILES,
    ContractAmendmentValues,
    ContractFacts,
    ContractValues,
    RenewalValues,
)
from app.staff.contracts import acts
from app.web.i18n import gettext as _
from app.web.values import columns, from_attributes

Said = Mapping[str, Any]
Change = Callable[[ContractRow], Awaitable[bool]]
# What the console's form shows of a new contract. Another call invites the owner.
USUAL = {
    **{"license_type": "term", "time_zone": "Asia/Tokyo"},
    **{"owner_email": "", "owner_language": "ja", "emergency_files": EMERGENCY_FILES},
}


def contract_of(each: ContractRow, outcome: Outcome | UnsetType = UNSET) -> SoldContract:
    """Return a contract as the API gives it."""
    return SoldContract(
        id=each.id,
        external_id=each.external_id,
        number=each.number,
        name=each.name,
        company=Related(each.company, each.company_name, each.company_external_id),
        license_type=each.license_type,
        status=each.status,
        starts_on=each.starts_on,
        ends_on=each.ends_on,
        time_zone=each.time_zone,
        sales_name=each.sales_name,
        sales_email=each.sales_email,
        sales_phone=each.sales_phone,
        emergency_files=each.emergency_files,
        has_owner=each.owned,
        owner_invited=each.owner_invited,
        revision=each.revision,
        outcome=outcome,
    )


async def _company(named: Reference) -> SeenCompany:
    """Return the company that a body names.

    Raises:
        ApiProblem: there is none, or it is named by no id or by two.
    """
    if (named.id is None) is (named.external_id is None):
        raise wrong("company", _("Name it either by “id” or by “external_id”."))
    if named.id is not None:
        found = await find_by(COMPANIES, "p.id", named.id)
    else:
        found = await find_by(COMPANIES, "p.external_id", named.external_id or "")
    if found is None:
        raise wrong("company", _("No company has this ID. Create it first."))
    return found


async def create(call: Call, said: Said) -> None:
    """Create a contract."""
    company = await _company(said["company"])
    values = read_facts(ContractValues, {**USUAL, **said}, acts.creation_choices())
    await do(call, acts.CREATION, acts.Creation(company.id, values=values))


async def amend_fixed(call: Call, said: Said, seen: ContractRow) -> bool:
    """Amend a contract that the body names whole; what no amendment changes has to be the same."""
    require_same(
        said,
        {
            "number": seen.number,
            "license_type": seen.license_type,
            "time_zone": seen.time_zone,
        },
    )
    if (await _company(said["company"])).id != seen.company:
        raise wrong(
            "company", _("This cannot be changed. It is %(value)s.", value=seen.company_name)
        )
    return await amend(call, said, seen)


async def amend(call: Call, said: Said, seen: ContractRow) -> bool:
    """Amend a contract; answers whether there was anything to change."""
    now = from_attributes(ContractFacts, seen)
    facts = read_facts(ContractFacts, said, now=now)
    if facts == now:
        return False
    reason = {"reason": said.get("reason"), "effective_on": said.get("effective_on", seen.today)}
    values = read_facts(ContractAmendmentValues, {**columns(facts), **reason})
    entry = acts.Amendment(seen.number, values=values, revision=seen.revision)
    await do(call, acts.AMENDMENT, entry)
    return True


async def renew(call: Call, said: Said, seen: ContractRow) -> bool:
    """Renew a contract."""
    values = read_facts(RenewalValues, {"effective_on": seen.ends_on, **said})
    entry = acts.Renewal(seen.number, values=values, revision=seen.revision)
    await do(call, acts.RENEWAL, entry)
    return True
