"""A security fix stays downloadable for some months after a term, and nothing else does."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest

from app import clock
from app.contracts.queries import find_contract
from app.contracts.rules import SeenContract
from app.database import fetch, fetch_value
from app.resources import queries
from app.resources.rules import last_day
from app.settings import SettingsError, read_settings
from app.web.lists.addresses import Wanted
from tests.conftest import Portal
from tests.resources.files import PLATFORM, WORKFLOW, file_path, resource_id

ENDED = date(2026, 8, 31)
# Six months later there is no 31st.
LAST = date(2027, 2, 28)
DAY = timedelta(days=1)
PATH = "/contracts/D-1001/resources"


async def contract_on(day: date, *, contract_ends: date = date(2030, 1, 1)) -> SeenContract:
    """The contract D-1001 on a day, as a member sees it."""
    member = await fetch_value("select id from portal_user where code = 'member'")
    seen = await find_contract(member, "D-1001")
    assert seen is not None
    return replace(seen, today=day, starts_on=date(2020, 1, 1), ends_on=contract_ends)


async def end_terms(starts_on: date = date(2025, 1, 1), ends_on: date = ENDED) -> None:
    """Give platform and workflow this term, and make the workflow's file a security fix."""
    await fetch(
        "update entitlement e set starts_on = case when p.meant then $1 else date '2020-01-01' end,"
        " ends_on = case when p.meant then $2 else date '2020-01-02' end"
        " from (select id, code in ('PLATFORM', 'WORKFLOW') as meant from product) p"
        " where p.id = e.product",
        starts_on,
        ends_on,
    )
    await fetch("update resource set security_fix = name = $1", WORKFLOW)


async def offered(contract: SeenContract, months: int = 6) -> list[str]:
    """The names of the files in the list, each of which can be downloaded too."""
    products = await queries.offered_products(contract, months)
    usual = Wanted.usual("", queries.RESOURCES, 100)
    wanted = replace(usual, chosen={**usual.chosen, "product": ""})
    listed = [each.name for each in (await queries.list_resources(products, wanted)).rows]
    every = await fetch("select id, name from resource")
    found = [
        row["name"]
        for row in every
        if await queries.find_resource(contract, row["id"], months) is not None
    ]
    assert sorted(found) == sorted(listed), "the list shows what can be downloaded"
    return listed


async def test_a_fix_is_offered_to_its_last_day_and_not_the_day_after(database: str) -> None:
    await end_terms()
    assert await offered(await contract_on(ENDED)) == [WORKFLOW, PLATFORM]
    assert await offered(await contract_on(ENDED + DAY)) == [WORKFLOW]
    assert await offered(await contract_on(LAST)) == [WORKFLOW]
    assert await offered(await contract_on(LAST + DAY)) == []


@pytest.mark.parametrize(
    ("months", "last"), [(0, ENDED), (1, date(2026, 9, 30)), (12, date(2027, 8, 31))]
)
async def test_the_setting_says_how_many_months(database: str, months: int, last: date) -> None:
    await end_terms()
    assert WORKFLOW in await offered(await contract_on(last), months)
    assert await offered(await contract_on(last + DAY), months) == []


async def test_the_end_of_the_contract_ends_all_of_its_terms(database: str) -> None:
    await end_terms(ends_on=date(2029, 1, 1))
    for day, names in ((ENDED, [WORKFLOW, PLATFORM]), (LAST, [WORKFLOW]), (LAST + DAY, [])):
        assert await offered(await contract_on(day, contract_ends=ENDED)) == names, day


async def test_a_term_to_come_opens_no_fix(database: str) -> None:
    await end_terms(starts_on=ENDED + DAY, ends_on=LAST)
    assert await offered(await contract_on(ENDED)) == []
    await end_terms()
    early = replace(await contract_on(LAST), starts_on=LAST + DAY)
    assert await offered(early) == [], "nor does a contract to come"
    await end_terms(starts_on=ENDED + DAY, ends_on=LAST)
    cut = await contract_on(LAST, contract_ends=ENDED)
    assert await offered(cut) == [], "nor a term that would begin after the contract"


@pytest.mark.parametrize(
    "change",
    [
        "update resource set withdrawn_at = now()",
        "delete from resource_product",
        "update resource_product set product = (select id from product where code = 'MOBILE')",
    ],
    ids=["withdrawn", "of no product", "of another product"],
)
async def test_a_fix_that_is_not_for_the_contract_never_opens(database: str, change: str) -> None:
    await end_terms()
    await fetch(change)
    assert await offered(await contract_on(ENDED + DAY)) == []


async def test_a_product_that_was_renewed_has_all_of_its_files(database: str) -> None:
    await end_terms()
    await fetch(
        "insert into entitlement (id, contract, product, quantity, starts_on, ends_on, created_at)"
        " select gen_random_uuid(), contract, product, 1, $1, $2, now() from entitlement"
        " where ends_on > date '2021-01-01'",
        ENDED + DAY,
        LAST,
    )
    assert await offered(await contract_on(LAST)) == [WORKFLOW, PLATFORM]
    [first, *_] = await queries.offered_products(await contract_on(LAST), 6)
    assert first.running and first.fixes_until == date(2027, 8, 28)


def test_a_file_of_a_product_that_runs_has_no_last_day() -> None:
    earlier, later = (False, ENDED), (False, LAST)
    assert last_day([earlier, later]) == LAST
    assert last_day([earlier, (True, ENDED)]) is None
    assert last_day([]) is None


async def end_yesterday(contract: bool) -> date:
    """End the contract D-1001, or only its terms; return the last day of its fixes."""
    yesterday = clock.today("Asia/Tokyo") - DAY
    await end_terms(date(2025, 1, 1), yesterday)
    if contract:
        await fetch("update contract set ends_on = $1 where number = 'D-1001'", yesterday)
    day: date = await fetch_value("select ($1::date + interval '6 months')::date", yesterday)
    return day


@pytest.mark.parametrize("contract", [True, False], ids=["contract ended", "terms ended"])
async def test_after_the_term_the_page_shows_only_fixes_with_their_last_day(
    member: httpx.AsyncClient, outsider: httpx.AsyncClient, *, contract: bool
) -> None:
    last = await end_yesterday(contract)
    html = (await member.get(PATH)).text
    assert "セキュリティ修正は、表示された日までダウンロードできます" in html
    assert f"{last:%Y/%m/%d}まで" in html and WORKFLOW in html and PLATFORM not in html
    fix, other = await file_path(WORKFLOW), await file_path(PLATFORM)
    assert (await member.get(fix)).status_code == 200
    assert (await member.get(other)).status_code == 404
    assert (await outsider.get(fix)).status_code == 404
    assert (await member.get(f"{PATH}/{UUID(int=7)}/file")).status_code == 404


async def test_during_the_term_a_fix_has_a_badge_and_no_last_day(
    member: httpx.AsyncClient,
) -> None:
    await fetch("update resource set security_fix = true where name = $1", WORKFLOW)
    html = (await member.get(PATH)).text
    assert html.count("セキュリティ修正") == 1
    assert "表示された日まで" not in html


async def test_a_portal_that_turned_it_off_offers_nothing_after_the_term(
    portal: Portal,
) -> None:
    await end_yesterday(contract=False)
    member = await fetch_value("select id from portal_user where code = 'member'")
    seen = await find_contract(member, "D-1001")
    assert seen is not None
    assert await offered(seen, 0) == []
    assert await queries.find_resource(seen, await resource_id(WORKFLOW), 6) is not None


def test_the_setting_is_a_number_of_months() -> None:
    name = "PORTAL_SECURITY_FIX_MONTHS"
    assert read_settings({}).security_fix_months == 6
    assert read_settings({name: "0"}).security_fix_months == 0
    for wrong in ("-1", "121", "six", "1.5"):
        with pytest.raises(SettingsError, match=name):
            read_settings({name: wrong})
