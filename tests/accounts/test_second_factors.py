"""Personal settings: setting up second factors, recovery codes, and removing them."""

import asyncio
import re
from datetime import timedelta
from math import log2

import asyncpg
import httpx
import pytest

from app import clock
from app.accounts.factors.rules import RECOVERY_ALPHABET, RECOVERY_LENGTH
from app.accounts.factors.tables import Passkey
from app.accounts.rules import token_hash
from app.database import fetch, fetch_value
from app.encryption import CannotOpen, decrypt, read_secret
from tests.accounts.factors import (
    HOME,
    PASSWORD,
    add_app,
    before_second_step,
    begin_app,
    code,
    is_signed_in,
    keep_sessions,
    make_codes,
)
from tests.conftest import Portal

APPS = f"{HOME}/authenticator-apps"


async def app_id() -> str:
    return str(await fetch_value("select id from authenticator_app where confirmed_at is not null"))


async def add_passkey(person: str) -> str:
    user = await fetch_value("select id from portal_user where code = $1", person)
    passkey = Passkey(
        user=user,
        credential_id=person.encode(),
        public_key=b"key",
        sign_count=0,
        name="会社のパソコン",
        created_at=clock.now(),
    )
    await Passkey.insert(passkey)
    await keep_sessions(user)
    return str(passkey.id)


async def test_an_app_is_in_use_once_it_has_shown_a_code(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    place, secret = await begin_app(owner)
    assert (await owner.post(place, data={"code": "000000"})).status_code == 422
    assert "認証アプリを設定" in (await owner.get(HOME)).text
    done = await owner.post(place, data={"code": code(secret)})
    assert done.headers["location"] == f"{HOME}/recovery-codes?changed=app"
    assert "認証アプリを設定しました。" in (await owner.get(done.headers["location"])).text
    assert "使用中" in (await owner.get(HOME)).text
    again = await owner.post(place, data={"code": code(secret)})
    assert again.headers["location"] == HOME, "a repeat finds it done"
    client = await before_second_step(portal, "owner")
    used = await client.post("/login/second-factor", data={"code": code(secret)})
    assert used.status_code == 422, "the code of the set-up counts once, too"


async def test_the_secret_is_shown_to_its_person_while_it_is_set_up_and_never_after(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    place, secret = await begin_app(owner)
    for path in (place, f"{place}/qr-code"):
        assert (await owner.get(path)).headers["cache-control"] == "no-store"
        assert (await member.get(path)).status_code == 404
    picture = await owner.get(f"{place}/qr-code")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<svg") and "style" not in picture.text
    assert (await member.post(place, data={"code": code(secret)})).status_code == 404
    await owner.post(place, data={"code": code(secret)})
    for path in (place, f"{place}/qr-code"):
        assert (await owner.get(path)).status_code == 404


async def test_beginning_anew_forgets_the_set_up_before(owner: httpx.AsyncClient) -> None:
    first, secret = await begin_app(owner)
    second, _other = await begin_app(owner)
    assert first != second
    assert (await owner.post(first, data={"code": code(secret)})).status_code == 404
    begun = await asyncio.gather(*(owner.post(APPS) for _ in range(5)))
    assert {answer.status_code for answer in begun} == {303}
    assert await fetch_value("select count(*) from authenticator_app") == 1


async def test_a_set_up_ends_after_its_time(owner: httpx.AsyncClient) -> None:
    place, secret = await begin_app(owner)
    await fetch("update authenticator_app set expires_at = $1", clock.now())
    assert (await owner.post(place, data={"code": code(secret)})).status_code == 404


async def test_a_new_app_takes_the_place_of_the_old_one(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    old, new = await add_app(owner), await add_app(owner)
    client = await before_second_step(portal, "owner")
    assert (await client.post("/login/second-factor", data={"code": code(old)})).status_code == 422
    assert (await client.post("/login/second-factor", data={"code": code(new)})).status_code == 303


async def test_other_sessions_end_when_a_factor_is_added_or_removed(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    async with await portal.signed_in("owner") as elsewhere, await portal.signed_in("member") as m:
        await add_app(owner)
        assert not await is_signed_in(elsewhere)
        assert await is_signed_in(owner) and await is_signed_in(m)
    async with await portal.signed_in("owner") as elsewhere:
        await owner.post(f"{HOME}/{await app_id()}/removal", data={"password": PASSWORD})
        assert not await is_signed_in(elsewhere)


async def test_there_are_ten_recovery_codes_shown_once(owner: httpx.AsyncClient) -> None:
    assert (await owner.get(f"{HOME}/recovery-codes")).headers["location"] == HOME
    await add_app(owner)
    codes = await make_codes(owner)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", c) for c in codes)
    assert RECOVERY_LENGTH * log2(len(RECOVERY_ALPHABET)) >= 128
    for path in (HOME, f"{HOME}/recovery-codes"):
        page = await owner.get(path)
        assert not any(c in page.text for c in codes)


async def test_new_recovery_codes_end_the_old_ones(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await add_app(owner)
    [old, *_] = await make_codes(owner)
    await asyncio.gather(*(owner.post(f"{HOME}/recovery-codes") for _ in range(3)))
    assert await fetch_value("select count(*) from recovery_code") == 10
    client = await before_second_step(portal, "owner")
    form = {"way": "recovery-code", "code": old}
    assert (await client.post("/login/second-factor", data=form)).status_code == 422


async def test_a_recovery_code_of_the_earlier_length_still_counts(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await add_app(owner)
    earlier = "0123-4567-89AB-CDEF-GHJK-MNPQ"
    await fetch(
        'insert into recovery_code (id, "user", code_hash, created_at)'
        " select gen_random_uuid(), id, $1, now() from portal_user where code = 'owner'",
        token_hash(earlier.replace("-", "")),
    )
    client = await before_second_step(portal, "owner")
    form = {"way": "recovery-code", "code": earlier}
    assert (await client.post("/login/second-factor", data=form)).status_code == 303


async def test_one_of_several_factors_is_removed_without_more(owner: httpx.AsyncClient) -> None:
    await add_app(owner)
    passkey = await add_passkey("owner")
    page = await owner.get(f"{HOME}/{passkey}/removal")
    assert "会社のパソコン" in page.text and 'type="password"' not in page.text
    done = await owner.post(f"{HOME}/{passkey}/removal")
    assert done.headers["location"] == f"{HOME}?changed=removal"
    assert "会社のパソコン" not in (await owner.get(HOME)).text
    assert (await owner.post(f"{HOME}/{passkey}/removal")).status_code == 404


async def test_the_last_factor_takes_the_password_and_the_recovery_codes_with_it(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await add_app(owner)
    await make_codes(owner)
    place = f"{HOME}/{await app_id()}/removal"
    for wrong in ("", "wrong"):
        refused = await owner.post(place, data={"password": wrong})
        assert refused.status_code == 422 and 'href="#password"' in refused.text
    failures = "select count(*) from audit_event where event_type = 'password-check-failure'"
    assert await fetch_value(failures) == 1, "a guess is on record, as everywhere"
    assert (await owner.post(place, data={"password": PASSWORD})).status_code == 303
    for table in ("authenticator_app", "passkey", "recovery_code"):
        assert await fetch_value(f"select count(*) from {table}") == 0
    client = portal.anonymous()
    answer = await client.post("/login", data={"code": "owner", "password": PASSWORD})
    assert answer.headers["location"] == "/", "the password alone is enough again"


async def test_a_short_password_never_stands_alone(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    short = "qv7#Lw2!zt"
    await add_app(owner)
    await fetch("update portal_user set must_change_password = true where code = 'owner'")
    changed = await owner.post("/password", data={"password": short, "again": short})
    assert changed.status_code == 303, "with a second factor it is long enough"
    refused = await owner.post(f"{HOME}/{await app_id()}/removal", data={"password": short})
    assert refused.status_code == 422 and "短すぎます" in refused.text
    assert await app_id()


async def test_two_last_factors_are_not_removed_at_once(owner: httpx.AsyncClient) -> None:
    """Each is one of two when the page is asked; together they would leave none."""
    await add_app(owner)
    places = [f"{HOME}/{id}/removal" for id in (await app_id(), await add_passkey("owner"))]
    answers = await asyncio.gather(*(owner.post(place) for place in places))
    done = [a for a in answers if a.headers.get("location") == f"{HOME}?changed=removal"]
    assert len(done) == 1
    left = "select (select count(*) from authenticator_app) + (select count(*) from passkey)"
    assert await fetch_value(left) == 1


async def test_nobody_reaches_the_factors_of_another(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await add_app(owner)
    place = f"{HOME}/{await app_id()}/removal"
    assert (await member.get(place)).status_code == 404
    assert (await member.post(place, data={"password": PASSWORD})).status_code == 404
    assert await app_id()


async def test_secrets_are_nowhere_in_clear(
    portal: Portal, owner: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = await add_app(owner)
    codes = await make_codes(owner)
    client = await before_second_step(portal, "owner")
    used = code(secret)
    await client.post("/login/second-factor", data={"code": used})
    token = client.cookies[portal.settings.session_cookie]
    pending = (await before_second_step(portal, "owner")).cookies[portal.settings.pending_cookie]
    hidden = [secret, token, pending, codes[0], codes[0].replace("-", "")]
    kept = await _everything(portal.dsn) + capsys.readouterr().out
    assert "second_factor" in kept, "the dump holds the audit log"
    for text in hidden:
        assert text not in kept and text.encode().hex() not in kept


async def _everything(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        tables = await connection.fetch(
            "select tablename from pg_tables where schemaname = 'public'"
        )
        rows = [
            await connection.fetch(f'select t::text as row from "{table[0]}" t') for table in tables
        ]
    finally:
        await connection.close()
    return "\n".join(row["row"] for found in rows for row in found)


async def test_an_encrypted_secret_opens_for_its_person_only(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    await add_app(owner)
    box = await fetch_value("select encrypted_secret from authenticator_app")
    secret = read_secret(portal.settings.secret_file)
    with pytest.raises(CannotOpen):
        decrypt(secret, b"authenticator-app", box)


async def test_changes_are_in_the_audit_log(owner: httpx.AsyncClient) -> None:
    before = clock.now() - timedelta(seconds=1)
    await add_app(owner)
    await make_codes(owner)
    await owner.post(f"{HOME}/{await app_id()}/removal", data={"password": PASSWORD})
    events = await fetch("select event_type from audit_event where at > $1 order by id", before)
    assert [row["event_type"] for row in events if row["event_type"] not in {"sign-in"}] == [
        "authenticator-app-addition",
        "recovery-codes-creation",
        "second-factor-removal",
    ]
