"""The audit log in the console: searched, taken away, verified."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from app.audit.files import FORMATS, read_links
from app.audit.linking import link_waiting
from app.database import fetch, fetch_value
from tests.activation.world import admin_dsn, audited, force
from tests.conftest import Portal, Stage
from tests.staff.steps import message

LOG = "/staff/audit"
VERIFICATION = f"{LOG}/verification"


@pytest.mark.parametrize(
    ("query", "there", "missing"),
    [
        (
            {"event_type": "environment-creation"},
            "environment-creation",
            "membership-creation</code>",
        ),
        ({"contract": "Ｄ－１００１"}, "/staff/contracts/D-1001", "/staff/contracts/D-2001"),
        ({"person": "OWNER"}, "<small>owner</small>", "<small>outsider</small>"),
        ({"from": "2000/01/01", "to": "2000/12/31"}, "条件に合うものはありません", "<tbody>"),
        ({"person": "nobody"}, "条件に合うものはありません", "<tbody>"),
        ({"event_type": "no-such-type", "contract": "%"}, "条件に合うものはありません", "<tbody>"),
    ],
)
async def test_the_log_is_searched(
    portal: Portal, auditor: httpx.AsyncClient, query: dict[str, str], there: str, missing: str
) -> None:
    async with await portal.signed_in("owner") as owner:
        await owner.post("/contracts/D-1001/environments/new", data={"name": "x"})
        await owner.post("/language", data={"language": "en"})
    html = (await auditor.get(LOG, params=query)).text
    listed = html.split('class="filter"')[1].split("</form>")[1]
    assert there in listed and missing not in listed, query


@pytest.mark.parametrize("query", [{"from": "x"}, {"from": "2026/02/01", "to": "2026/01/01"}])
async def test_a_wrong_period_is_told(auditor: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await auditor.get(LOG, params=query)
    assert answer.status_code == 422 and message(answer.text)


async def test_pages_follow_one_another_without_a_gap(
    portal: Portal, auditor: httpx.AsyncClient
) -> None:
    await fetch(
        "insert into audit_event (id, at, event_type, details, request_id)"
        " select gen_random_uuid(), '2026-01-01', 'sign-in', '{}', '' from generate_series(1, 120)"
    )
    path, seen = f"{LOG}?event_type=sign-in&from=2026/01/01&to=2026/01/01", []
    while path:
        html = (await auditor.get(path)).text
        seen += [part[:36] for part in html.split("</summary><code>")[1:]]
        _, _, rest = html.partition('" rel="next"')
        path = html.split('" rel="next"')[0].rsplit('href="', 1)[1] if rest else ""
        path = path.replace("&amp;", "&")
    assert len(seen) == 120 == len(set(seen))


@pytest.mark.parametrize("form", list(FORMATS))
async def test_an_export_carries_what_the_filter_lets_through(
    portal: Portal, staff: httpx.AsyncClient, tmp_path: Path, form: str
) -> None:
    await link_waiting(portal.settings)
    whole = await staff.get(f"{LOG}/export/{form}")
    file = tmp_path / f"audit.{form}"
    file.write_bytes(whole.content)
    links = list(read_links(file))
    assert [link.number for link in links] == list(range(1, len(links) + 1))
    assert len(links) == await fetch_value("select max(number) from audit_head")
    part = await staff.get(f"{LOG}/export/{form}?event_type=environment-creation")
    file.write_bytes(part.content)
    types = {link.event.event_type for link in read_links(file) if link.event}
    assert types == {"environment-creation"}
    taken = await audited("audit-export")
    assert json.loads(taken[-1]["details"])["wanted"] == {"event_type": "environment-creation"}
    assert (await staff.get(f"{LOG}/export/xml")).status_code == 404


async def test_a_verification_says_what_it_found(
    portal: Portal, stage: Stage, staff: httpx.AsyncClient
) -> None:
    await link_waiting(portal.settings)
    assert (await staff.post(VERIFICATION)).headers["location"] == VERIFICATION
    html = (await staff.get(VERIFICATION)).text
    link = await fetch_value("select digest from audit_link order by number desc limit 1")
    assert "問題なし" in html and link.hex() in html
    await force(
        admin_dsn(stage, portal.dsn),
        "update audit_event set event_type = 'forged' where id ="
        " (select event from audit_link where number = 3)",
    )
    await staff.post(VERIFICATION)
    html = (await staff.get(VERIFICATION)).text
    assert "問題 1件" in html and "changed at 3" in html


async def test_one_verification_runs_at_a_time(staff: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(staff.post(VERIFICATION) for _ in range(4)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 303 and set(codes) == {303, 422}
    assert len(await audited("audit-verification")) == codes.count(303)


async def test_viewers_search_only(auditor: httpx.AsyncClient, clerk: httpx.AsyncClient) -> None:
    for who in (auditor, clerk):
        html = (await who.get(LOG)).text
        assert "/export/" not in html and "/verification" not in html
        assert (await who.get(f"{LOG}/export/csv")).status_code == 404
