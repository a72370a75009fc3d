"""`portal audit verify`: ten thousand events, and what somebody with all rights did to one."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.audit.chain import Fault, Finding
from app.audit.checking import verify_log
from app.audit.head_signing import head_signer
from app.audit.linking import link_waiting
from app.database import fetch_value
from app.encryption import make_secret
from tests.audit.log import add_events, intruder, link_and_verify, link_count, signer_of
from tests.conftest import Stage

MANY = 10_000
PLACE = 6_543


async def _event_at(number: int) -> str:
    return str(await fetch_value("select event from audit_link where number = $1", number))


async def _tampered(stage: Stage, database: str, *changes: str) -> list[Finding]:
    """What is found after the changes. `$1` in a change stands for the event at PLACE."""
    await add_events(MANY)
    assert (await link_and_verify(stage.settings)).findings == []
    event = await _event_at(PLACE)
    async with intruder(stage, database) as admin:
        for change in changes:
            assert await admin.execute(change.replace("$1", f"'{event}'")) != "UPDATE 0"
    return list((await verify_log(signer_of(stage.settings))).findings)


async def test_ten_thousand_events_are_whole(stage: Stage, database: str) -> None:
    await add_events(MANY)
    report = await link_and_verify(stage.settings)
    assert report.findings == []
    assert report.count == await link_count() > MANY


@pytest.mark.parametrize(
    "column",
    [
        "at = at + interval '1 microsecond'",
        "event_type = 'other'",
        "actor = gen_random_uuid()",
        "actor = null",
        "contract = gen_random_uuid()",
        "subject = gen_random_uuid()",
        "details = details || '{\"n\": 0}'",
        "request_id = ''",
    ],
)
async def test_one_changed_event_is_found_and_located(
    stage: Stage, database: str, column: str
) -> None:
    change = f"update audit_event set {column} where id = $1"
    found = await _tampered(stage, database, change)
    assert [(f.fault, f.number) for f in found] == [(Fault.CHANGED, PLACE)]
    assert found[0].event == await _event_at(PLACE)


async def test_one_removed_event_is_found_and_located(stage: Stage, database: str) -> None:
    found = await _tampered(stage, database, "delete from audit_event where id = $1")
    assert [(f.fault, f.number) for f in found] == [(Fault.MISSING, PLACE)]


async def test_an_event_removed_with_its_link_is_found_and_located(
    stage: Stage, database: str
) -> None:
    found = await _tampered(
        stage,
        database,
        "delete from audit_event where id = $1",
        "delete from audit_link where event = $1",
    )
    assert [(f.fault, f.number) for f in found] == [(Fault.MISSING, PLACE)]


async def test_one_inserted_event_is_found_and_named(stage: Stage, database: str) -> None:
    id = "0198f0a0-0000-7000-8000-00000000beef"
    found = await _tampered(
        stage,
        database,
        "insert into audit_event (id, at, event_type, details, request_id)"
        f" values ('{id}', now() - interval '1 day', 'sign-in', '{{}}', '')",
    )
    assert [(f.fault, f.event) for f in found] == [(Fault.INSERTED, id)]


async def test_an_end_that_is_cut_off_is_found(stage: Stage, database: str) -> None:
    found = await _tampered(
        stage,
        database,
        f"delete from audit_event where id in (select event from audit_link where number > {MANY})",
        f"delete from audit_link where number > {MANY}",
    )
    end = await fetch_value("select max(number) from audit_head")
    assert [(f.fault, f.number, f.last) for f in found] == [(Fault.CUT_OFF, MANY + 1, end)]


async def test_an_end_cut_off_with_its_heads_is_found_by_a_head_kept_elsewhere(
    stage: Stage, database: str
) -> None:
    await link_waiting(stage.settings)
    kept = await link_count()
    await add_events(5)
    await link_waiting(stage.settings)
    elsewhere = await fetch_value("select signed from audit_head order by number desc limit 1")
    async with intruder(stage, database) as admin:
        await admin.execute(
            "delete from audit_event where id in (select event from audit_link where number > $1)",
            kept,
        )
        await admin.execute("delete from audit_link where number > $1", kept)
        await admin.execute("delete from audit_head where number > $1", kept)
    signer = signer_of(stage.settings)
    assert (await verify_log(signer)).findings == []
    found = (await verify_log(signer, heads=[elsewhere])).findings
    assert [(f.fault, f.number, f.last) for f in found] == [(Fault.CUT_OFF, kept + 1, kept + 5)]


async def test_a_check_while_the_portal_goes_on_finds_nothing(stage: Stage, database: str) -> None:
    await add_events(MANY)
    going_on = asyncio.create_task(link_waiting(stage.settings))
    while not going_on.done():
        assert (await verify_log(signer_of(stage.settings))).findings == []
    assert (await verify_log(signer_of(stage.settings))).waiting == 0


async def test_a_head_that_the_portal_did_not_sign_is_found(
    stage: Stage, database: str, tmp_path: Path
) -> None:
    forger = replace(stage.settings, secret_file=tmp_path / "secret")
    make_secret(forger.secret_file)
    await add_events(3)
    await link_waiting(forger)
    found = (await verify_log(signer_of(stage.settings))).findings
    assert Fault.BAD_HEAD in {f.fault for f in found}
    report = await verify_log(
        signer_of(stage.settings), [head_signer(forger.secret_file).public_key]
    )
    assert report.findings == [], "an earlier key of the portal may be named"


async def test_an_event_taken_away_before_its_link_is_found(stage: Stage, database: str) -> None:
    await link_waiting(stage.settings)
    await add_events(1, event_type="short-lived")
    id = await fetch_value("select id from audit_event where event_type = 'short-lived'")
    async with intruder(stage, database) as admin:
        await admin.execute("delete from audit_event where id = $1", id)
    found = (await link_and_verify(stage.settings)).findings
    assert [(f.fault, f.event) for f in found] == [(Fault.MISSING, str(id))]
