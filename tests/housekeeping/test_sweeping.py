"""Expired rows are thrown away, those still of use are kept."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app import clock
from app.database import fetch, fetch_value
from app.database.ids import uuid7
from app.housekeeping.tasks import KEPT, sweep
from app.storage import open_storage
from tests.accounts.planted import plant
from tests.conftest import Portal


async def test_sweeping_deletes_sessions_that_expired_long_ago_and_keeps_the_others(
    portal: Portal,
) -> None:
    for code in ("owner", "member"):
        await portal.signed_in(code)
    long_ago = clock.now() - KEPT - timedelta(minutes=1)
    await fetch(
        "update session set expires_at = $1 from portal_user u"
        " where u.id = session.\"user\" and u.code = 'member'",
        long_ago,
    )
    await sweep(open_storage(portal.settings))
    assert await fetch_value("select count(*) from session") == 1


async def test_what_an_earlier_generation_of_credentials_left_is_deleted(portal: Portal) -> None:
    planted = await plant(portal, await portal.signed_in("member"))
    await fetch("update portal_user set password_hash = 'x' where code = 'member'")
    await sweep(open_storage(portal.settings))
    for table in ("device", "pending_sign_in", "passkey_challenge", "email_change"):
        assert await fetch_value(f"select count(*) from {table}") == 0, table
    assert await fetch_value("select count(*) from session") == 1, "tells whose form to keep"
    assert await fetch_value("select count(*) from password_reset") == 1, "counts for an hour"
    assert await planted.working() == set()


async def test_a_pdf_that_no_answer_names_any_more_is_deleted_after_an_hour(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = open_storage(portal.settings)
    named = await fetch_value("select answer_file from quote_request where answer_file is not null")
    spare = f"{named.rpartition('/')[0]}/{uuid7()}.pdf"
    await storage.store_bytes(spare, b"%PDF-1.7 the wrong price")
    await sweep(storage)
    assert spare in {key async for key, _ in storage.files()}, "it may be named in a moment"
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr("app.clock.now", lambda: later)
    await sweep(storage)
    left = {key async for key, _ in storage.files()}
    assert spare not in left and named in left


async def test_files_beside_the_pdfs_of_answers_that_the_portal_did_not_name_are_left_alone(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = open_storage(portal.settings)
    strange = {
        "quotes/notes.txt",
        f"quotes/{uuid7()}/{uuid4()}.pdf",
        f"quotes/{uuid7()}/{uuid7()}.pdf.part",
        f"quotes/{uuid7()}/ffffffff-ffff-7fff-bfff-ffffffffffff.pdf",
    }
    for key in strange:
        await storage.store_bytes(key, b"put here by hand")
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr("app.clock.now", lambda: later)
    await sweep(storage)
    assert {key async for key, _ in storage.files()} >= strange


async def test_what_nobody_can_use_goes_as_soon_as_it_has_expired_and_an_old_link_stays_a_week(
    portal: Portal,
) -> None:
    for table, column in (("confirmation", "act"), ("parked_form", "path")):
        content = "payload" if table == "confirmation" else "content_type, form"
        values = "'{}'" if table == "confirmation" else "'', ''"
        await fetch(
            f'insert into {table} (id, "user", {column}, {content}, created_at, expires_at)'
            f" select gen_random_uuid(), id, '', {values}, now(), now() + n * interval '1 minute'"
            " from portal_user, unnest(array[-1, 1]) n where code = 'owner'"
        )
    await fetch(
        'insert into password_reset (id, token_hash, "user", created_at, expires_at)'
        " select gen_random_uuid(), sha256(n::text::bytea), id, now() - interval '9 days',"
        " now() - n * interval '1 day'"
        " from portal_user, unnest(array[6, 8]) n where code = 'owner'"
    )
    await sweep(open_storage(portal.settings))
    for table in ("confirmation", "parked_form", "password_reset"):
        assert await fetch_value(f"select count(*) from {table}") == 1, table


async def test_that_there_was_a_mail_is_forgotten_after_a_year(portal: Portal) -> None:
    await fetch(
        "insert into mail (id, template, state, answer, failures, created_at, due_at, settled_at)"
        " select gen_random_uuid(), 'invitation', 'sent', '', 0, now(), now(),"
        " now() - n * interval '1 day' from unnest(array[364, 366]) n"
    )
    before = await fetch_value("select count(*) from mail")
    await sweep(open_storage(portal.settings))
    assert await fetch_value("select count(*) from mail") == before - 1
