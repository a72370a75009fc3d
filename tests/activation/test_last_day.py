"""The last usable day of a file, told alike wherever it shows, where clocks jump at midnight."""

import re

import httpx
import pytest

from app.database import fetch
from tests.activation.test_pages import issue
from tests.activation.world import place
from tests.conftest import Portal
from tests.reminders.test_calendar import make_address
from tests.reports.test_reports import read_csv

# Each zone has no midnight after the first day, and two after the second, or an hour that repeats.
ENDS = [
    ("Africa/Cairo", "2027-04-29"),
    ("Africa/Cairo", "2027-10-28"),
    ("America/Santiago", "2027-09-04"),
    ("America/Santiago", "2027-04-03"),
    ("America/Havana", "2027-03-13"),
    ("America/Havana", "2027-11-06"),
    ("Asia/Beirut", "2027-03-27"),
]


@pytest.mark.parametrize(("zone", "ends_on"), ENDS)
async def test_the_last_usable_day_is_the_same_on_pages_in_reports_and_calendars(
    portal: Portal, owner: httpx.AsyncClient, zone: str, ends_on: str
) -> None:
    await fetch(
        f"update contract set time_zone = $1, ends_on = '{ends_on}' where number = 'D-1001'", zone
    )
    await fetch(
        f"update entitlement set ends_on = '{ends_on}'"
        " where contract = (select id from contract where number = 'D-1001')"
        " and ends_on > current_date"
    )
    clerk = await portal.signed_in("clerk")
    address = await make_address(owner)
    here = await place(portal.settings)
    await issue(owner, here)
    written = ends_on.replace("-", "/")
    [row] = await here.rows()
    assert f"{written}まで（当日を含む）" in (await owner.get(f"{here.url}/1")).text
    assert (
        f"{written}まで（当日を含む）" in (await clerk.get(f"/staff/activations/{row['id']}")).text
    )
    assert f"{written}" in (await owner.get(here.url)).text
    staff_page = (await clerk.get("/staff/contracts/D-1001")).text
    assert f'～<time datetime="{ends_on}">{written}</time>' in staff_page
    report = await read_csv(owner, "activations/csv")
    assert {row["適用できる期限"] for row in report if row["環境名"] == "検証環境"} == {written}
    text = (await owner.get(address)).text.replace("\r\n ", "")
    days = re.findall(r"BEGIN:VEVENT\r\n.*?END:VEVENT", text, re.DOTALL)
    starts = {
        day[1]
        for each in days
        if "検証環境" in each and (day := re.search(r"DTSTART;VALUE=DATE:(\d+)", each))
    }
    assert starts == {ends_on.replace("-", "")}
