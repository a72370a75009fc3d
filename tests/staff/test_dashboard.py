"""The dashboard: what waits, how urgent it is, and the charts."""

import re

import httpx
import pytest

from app.database import fetch, fetch_value
from app.staff.figure_rules import Bar, axis
from tests.conventions.test_queries import MOST, queries


def _waits(html: str) -> list[str]:
    """Return what each card says, as plain text."""
    cards = html.split('class="waits"')[1].split("</ul>", maxsplit=1)[0].split("<li")[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", f"<li{card}").split()) for card in cards]


async def test_each_kind_of_work_has_its_number_its_oldest_age_and_a_link(
    auditor: httpx.AsyncClient,
) -> None:
    await fetch(
        "insert into quote_request (id, reference, contract, state, requested_at, note)"
        " select gen_random_uuid(), 'Q-' || n, id, 'received', now() - n * interval '1 day', ''"
        " from contract, generate_series(1, 7) n where number = 'D-1001'"
    )
    html = (await auditor.get("/staff")).text
    assert "7日経過" in _waits(html)[0] and " 7 " in _waits(html)[0]
    assert " 0 " in _waits(html)[1]
    for address in ("quotes?state=open", "mail?state=failed", "contracts?status=ends-soon"):
        assert f'href="/staff/{address}"' in html
    assert "7件をすべて表示" in html, "the card lists the five oldest"


async def test_a_product_waits_whose_license_keys_run_out_while_customers_redeem_them(
    auditor: httpx.AsyncClient,
) -> None:
    code = await fetch_value(
        "select p.code from product p join license_key k on k.product = p.id"
        " where k.code = 'DEMO0-CONN8-FREE1-00001'"
    )
    html = (await auditor.get("/staff")).text
    assert "残り1件" in _waits(html)[3]
    assert f"/staff/license-keys?product={code}&amp;state=free" in html
    await fetch(
        "insert into license_key (id, code, product, quantity, starts_on, ends_on, issued_at)"
        " select gen_random_uuid(), 'MANYK-EYS00-00000-' || lpad(n::text, 5, '0'), p.id, 1,"
        " current_date, current_date + 300, now()"
        " from product p, generate_series(1, 10) n where p.code = $1",
        code,
    )
    assert "ありません" in _waits((await auditor.get("/staff")).text)[3]


async def test_a_chart_without_values_is_a_sentence_not_a_column_of_zeros(
    auditor: httpx.AsyncClient,
) -> None:
    html = (await auditor.get("/staff")).text
    failures = html.split('<h2 id="failures">')[1].split("</section>")[0]
    assert "<svg" not in failures and "ありません" in failures
    ending = html.split('<h2 id="ending">')[1].split("</section>")[0]
    assert '<svg aria-hidden="true"' in ending and "<table>" in ending, "the same as a table"


async def test_shares_name_the_product_with_its_numbers(auditor: httpx.AsyncClient) -> None:
    html = (await auditor.get("/staff")).text
    shares = html.split('<h2 id="allocation">')[1].split("</section>")[0]
    row = await fetch(
        "select p.name_ja from product p join entitlement e on e.product = p.id"
        " where current_date between e.starts_on and e.ends_on limit 1"
    )
    assert row[0]["name_ja"] in shares
    assert re.search(r"<small>[\d,]+ / [\d,]+</small> <b>\d+%</b>", shares)


async def test_the_dashboard_takes_few_queries(auditor: httpx.AsyncClient) -> None:
    assert len(await queries(auditor, "/staff")) <= MOST


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(0, [0, 1]), (3, [0, 1, 2, 3]), (5, [0, 2, 4, 6]), (99, [0, 50, 100]), (2345, 1000)],
)
def test_an_axis_has_round_numbers_above_all_values(most: int, ticks: list[int] | int) -> None:
    found = axis([Bar("x", most)])
    assert found == ticks or found[1] == ticks
    assert found[-1] >= most and len(found) <= 5
