"""When an activation no longer says what is allocated: the rule in SQL, on made-up tables."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.activation.licensed_products import LicensedProduct, issued_products
from app.database import fetch_value
from app.environments.queries import differs
from app.products.rules import Term
from tests.activation.makers import CONTRACT, TODAY, product
from tests.activation.test_licensed_products import days, product_lists, terms

# Its names hide the portal's tables.
RULE = f"""
    with contract as (select 1 as id, $1::date as starts_on, $2::date as ends_on),
    entitlement as (select * from unnest($4::uuid[], $5::date[], $6::date[])
                    as x (id, starts_on, ends_on)),
    allocation as (select 1 as environment, 1 as contract, x.*
                   from unnest($4::uuid[], $7::int[]) as x (entitlement, quantity)),
    known_grant as (
        select 1 as activation, x.* from unnest($8::uuid[], $9::date[], $10::date[], $11::int[])
        as x (entitlement, starts_on, ends_on, quantity))
    select {differs("$3::date")} from (select 1 as id) e, (select 1 as id) a
"""
on_one_database = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def columns(products: Sequence[LicensedProduct]) -> list[list[object]]:
    rows = [(p.entitlement, p.term.starts_on, p.term.ends_on, p.quantity) for p in products]
    return [[row[at] for row in rows] for at in range(4)]


async def out_of_date(
    issued: Sequence[LicensedProduct],
    allocated: Sequence[LicensedProduct],
    today: date = TODAY,
    contract: Term = CONTRACT,
) -> bool:
    found: bool = await fetch_value(
        RULE, contract.starts_on, contract.ends_on, today, *columns(allocated), *columns(issued)
    )
    return found


def says(products: Sequence[LicensedProduct]) -> dict[UUID, tuple[int, Term]]:
    return {each.entitlement: (each.quantity, each.term) for each in products}


@on_one_database
@given(product_lists, product_lists, terms, terms, days, st.integers(0, 900))
async def test_it_is_out_of_date_when_a_new_file_would_say_something_else(
    database: str,
    before: list[LicensedProduct],
    after: list[LicensedProduct],
    contract: Term,
    amended: Term,
    day: date,
    later: int,
) -> None:
    issued, today = issued_products(before, contract, day), day + timedelta(days=later)
    # A product that ran to its end changes nothing: the system knows that end by itself.
    running = [each for each in issued if not each.term.has_ended(today)]
    for now, term in ((after, amended), (before, amended)):
        allocated = [each for each in now if each.quantity]
        other = says(running) != says(issued_products(allocated, term, today))
        assert await out_of_date(issued, allocated, today, term) == other


@on_one_database
@given(product_lists, terms, days, st.integers(0, 900))
async def test_time_alone_never_makes_an_activation_out_of_date(
    database: str, allocated: list[LicensedProduct], contract: Term, day: date, later: int
) -> None:
    allocated = [each for each in allocated if each.quantity]
    issued = issued_products(allocated, contract, day)
    assert not await out_of_date(issued, allocated, day + timedelta(days=later), contract)


async def test_a_new_name_of_a_product_makes_nothing_out_of_date(database: str) -> None:
    assert not await out_of_date([product()], [replace(product(), name_ja="新名称")])


@pytest.mark.parametrize(
    "allocated",
    [
        [],
        [product(quantity=5)],
        [product(), product("WORKFLOW")],
        [product(term=Term(CONTRACT.starts_on, date(2026, 12, 31)))],
    ],
)
async def test_another_allocation_or_term_makes_an_activation_out_of_date(
    database: str, allocated: list[LicensedProduct]
) -> None:
    assert await out_of_date([product()], allocated)


async def test_a_renewed_product_that_had_ended_makes_an_activation_out_of_date(
    database: str,
) -> None:
    ended = product(term=Term(CONTRACT.starts_on, TODAY - timedelta(days=1)))
    assert not await out_of_date([ended], [])
    assert await out_of_date([ended], [product()])
