"""The head of a contract's pages: what its tabs count, and where the reader is."""

import re

import httpx
import pytest

from app.contracts.rules import MOST_COUNTED
from app.database import fetch
from tests.environments.steps import environment
from tests.pages import elements

CONTRACT = "/contracts/D-1001"


def counts(html: str) -> list[str]:
    """The numbers of the tabs, in their order."""
    tabs = html.split('<nav class="tabs"')[1].split("</nav>", maxsplit=1)[0]
    return re.findall(r"<small>([^<]+)</small>", tabs)


def crumbs(html: str) -> list[str]:
    """Where the crumbs lead; the page itself is the last, and no link."""
    trail = html.split('<nav class="crumbs"')[1].split("</nav>", maxsplit=1)[0]
    return [str(attrs["href"]) for tag, attrs in elements(trail) if tag == "a"]


async def test_tabs_count_what_is_in_use(member: httpx.AsyncClient) -> None:
    assert counts((await member.get(CONTRACT)).text) == ["4", "2", "3", "0"]
    await fetch(
        "insert into environment (id, contract, name, sort_key, revision, created_at, retired_at)"
        " select gen_random_uuid(), id, 'E' || n, n, 1, now(), case n when 2 then now() end"
        " from contract, generate_series(1, 2) n where number = 'D-1001'"
    )
    assert counts((await member.get(f"{CONTRACT}/members")).text) == ["4", "3", "3", "0"]


async def test_pages_of_an_environment_count_the_same(owner: httpx.AsyncClient) -> None:
    place = f"{CONTRACT}/environments/{await environment()}"
    tabs = counts((await owner.get(CONTRACT)).text)
    assert counts((await owner.get(f"{place}/allocations")).text) == tabs


async def test_a_tab_stops_counting_where_more_would_cost_time(member: httpx.AsyncClient) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, revision, created_at)"
        " select gen_random_uuid(), id, 'E' || n, n, 1, now() from contract,"
        " generate_series(1, $1) n where number = 'D-1001'",
        MOST_COUNTED,
    )
    assert counts((await member.get(CONTRACT)).text)[1] == "999+"


@pytest.mark.parametrize(
    ("end", "above"),
    [
        ("", []),
        ("/environments", []),
        ("/environments/new", ["/environments"]),
        ("/history", []),
        ("/quote-requests/new", []),
    ],
)
async def test_crumbs_lead_up_from_where_the_reader_is(
    owner: httpx.AsyncClient, end: str, above: list[str]
) -> None:
    found = crumbs((await owner.get(f"{CONTRACT}{end}")).text)
    own = [CONTRACT] if end else []
    assert found == ["/", "/contracts", *own, *(f"{CONTRACT}{tab}" for tab in above)]
