"""Reads about companies of accounts: their provider, and the owners of their contracts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.accounts.rules import SignInRule
from app.database import fetch, fetch_value, rows


async def find_provider(address: str) -> str | None:
    """Return whose provider signs in the people of an address's domain: a company, or "staff".

    The answer does not depend on whether the address has an account.
    """
    domain = address.rpartition("@")[2]
    whose: str | None = await fetch_value(
        "select coalesce(company::text, 'staff') from known_sign_in_domain where domain = $1",
        domain,
    )
    return whose


async def find_sign_in_rule(user: UUID) -> SignInRule:
    """Return whether a person's company requires its provider, and whether they are excepted."""
    found = await fetch('select company, excepted from known_sign_in_rule where "user" = $1', user)
    refused = any(not each["excepted"] for each in found)
    return SignInRule(refused, [each["company"] for each in found if not refused])


@dataclass(frozen=True)
class CompanyOwner:
    """An owner of a contract of a company; for the vendor, one of its administrators."""

    company_name: str
    user: UUID
    name: str
    email: str
    language: str


async def company_owners(companies: Sequence[UUID | None]) -> list[CompanyOwner]:
    """Return the owners of the contracts of companies; None is the vendor."""
    return await rows(
        CompanyOwner,
        'select company_name, "user", name, email, language from known_company_owner'
        " where company = any($1) or (company is null and $2) order by company_name, name",
        [company for company in companies if company is not None],
        None in companies,
    )
