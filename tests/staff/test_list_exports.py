"""Lists of the console as files, and the filters that staff look for things with."""

import csv
import io
import json

import httpx
import pytest

from app.database import fetch, fetch_value
from tests.activation.world import audited


def _table(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("address", "there", "missing"),
    [
        ("contracts?status=ends-soon", "D-1002", "D-1001"),
        ("contracts?search=D-2001", "D-2001", "D-1001"),
        ("contracts?ends=30", "D-1002", "D-1001"),
        ("users?role=operator", "clerk", "auditor"),
        ("users?kind=staff", "auditor", "owner"),
        ("activations?state=runs", "本番環境", "他社本番"),
        ("license-keys?state=free", "DEMO0…00001", "DEMO0-CONN8-FREE1-00001"),
    ],
)
async def test_a_file_has_what_its_list_shows(
    staff: httpx.AsyncClient, address: str, there: str, missing: str
) -> None:
    html = (await staff.get(f"/staff/{address}")).text
    assert f'href="/staff/exports/{address}"' in html
    cells = [cell for row in _table(await staff.get(f"/staff/exports/{address}")) for cell in row]
    assert there in cells and missing not in cells
    listed = html.split("<tbody>")[1]
    assert there in listed and f">{missing}<" not in listed


async def test_license_keys_are_found_by_product(staff: httpx.AsyncClient) -> None:
    code = await fetch_value(
        "select p.code from product p join license_key k on k.product = p.id"
        " where k.code = 'DEMO0-CONN8-FREE1-00001'"
    )
    rows = _table(await staff.get(f"/staff/exports/license-keys?product={code}"))
    assert {row[1] for row in rows[1:]} == {code}
    none = (await staff.get("/staff/license-keys", params={"product": "' or 1=1"})).text
    assert "条件に合うものはありません" in none


async def test_a_file_that_is_taken_is_on_record(staff: httpx.AsyncClient) -> None:
    rows = _table(await staff.get("/staff/exports/users?kind=staff"))
    taken = await audited("list-export")
    assert json.loads(taken[-1]["details"]) == {"list": "users", "number": len(rows) - 1}
    assert (await staff.get("/staff/exports/mail")).status_code == 404


async def test_only_administrators_take_lists_away(
    clerk: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    for who in (clerk, auditor):
        assert "/staff/exports/" not in (await who.get("/staff/contracts")).text
        assert (await who.get("/staff/exports/contracts")).status_code == 404


async def test_contracts_without_an_owner_are_found(auditor: httpx.AsyncClient) -> None:
    await fetch("update portal_user set disabled_at = now() where code = 'outsider'")
    html = (await auditor.get("/staff/contracts?owner=none")).text.split("<tbody>")[1]
    assert "D-2001" in html and "D-1001" not in html
