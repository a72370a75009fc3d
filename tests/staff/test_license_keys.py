"""License keys in the console: issued in batches, taken away once, revoked while unused."""

import asyncio
from uuid import UUID

import httpx
import pytest

from app.database import fetch, fetch_value
from app.products.license_key_rules import is_checked, plain_license_key
from tests.activation.world import audited
from tests.staff.steps import confirmed, done, message

KEYS = "/staff/license-keys"


async def _form() -> dict[str, str]:
    product = await fetch_value("select id from product where code = 'CONNECTOR'")
    return {
        "product": str(product),
        "number": "３",
        "quantity": "8",
        "starts_on": "2026-11-01",
        "ends_on": "2027-10-31",
        "contract": "D-1001",
    }


async def _issued(client: httpx.AsyncClient) -> httpx.Response:
    return await done(client, f"{KEYS}/new", await _form())


async def _key(part: str) -> str:
    return str(await fetch_value("select id from license_key where code like $1", f"%{part}%"))


async def test_a_batch_is_issued_and_its_keys_carry_check_characters(
    clerk: httpx.AsyncClient,
) -> None:
    page = await _issued(clerk)
    assert "ライセンスキーを3個発行しました。" in message(page.text)
    answer = await clerk.post(f"{page.url.path}/export")
    lines = answer.text.splitlines()
    assert len(lines) == 4 and "attachment" in answer.headers["content-disposition"]
    for line in lines[1:]:
        assert is_checked(plain_license_key(line.split(",")[0]))
        assert ",CONNECTOR,8,2026-11-01,2027-10-31" in line


async def test_operators_take_a_batch_away_once_administrators_again(
    clerk: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    batch = (await _issued(clerk)).url.path
    answers = await asyncio.gather(*(clerk.post(f"{batch}/export") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
    assert "/export" not in (await clerk.get(batch)).text
    assert (await staff.post(f"{batch}/export")).status_code == 200
    taken = await fetch_value(
        "select count(*) from audit_event where event_type = 'license-key-export'"
    )
    assert taken == 2


async def test_no_page_shows_a_key_whole(staff: httpx.AsyncClient) -> None:
    for path in (KEYS, f"{KEYS}/{await _key('FREE1')}"):
        html = (await staff.get(path)).text
        assert "DEMO0…00001" in html and "FREE1" not in html


async def test_keys_are_found_however_they_are_typed_and_by_what_became_of_them(
    auditor: httpx.AsyncClient,
) -> None:
    for query, there, missing in (
        ({"search": "ｆｒｅｅ１－00001"}, "00001", "00002"),
        ({"state": "redeemed"}, "D-2001", "00001"),
        ({"state": "ended"}, "00003", "00001"),
        ({"state": "free"}, "00001", "00003"),
    ):
        html = (await auditor.get(KEYS, params=query)).text
        assert there in html and missing not in html, query


async def test_an_unused_key_is_revoked_and_a_used_one_is_not(clerk: httpx.AsyncClient) -> None:
    free, used = await _key("FREE1"), await _key("USED1")
    answer = await clerk.post(f"{KEYS}/{free}/revocation")
    page = await confirmed(clerk, answer.headers["location"])
    assert "失効させました" in message(page.text)
    assert "/revocation" not in page.text
    assert (await clerk.post(f"{KEYS}/{used}/revocation")).status_code == 404


async def _redeem(key: UUID) -> None:
    await fetch(
        "insert into entitlement (id, contract, product, quantity, starts_on, ends_on,"
        " license_key, created_at) select gen_random_uuid(), c.id, k.product, k.quantity,"
        " k.starts_on, k.ends_on, k.id, now() from license_key k, contract c"
        " where k.id = $1::uuid and c.number = 'D-1001'",
        key,
    )


async def test_a_key_that_is_redeemed_meanwhile_is_not_revoked(clerk: httpx.AsyncClient) -> None:
    free = await _key("FREE1")
    confirmation = (await clerk.post(f"{KEYS}/{free}/revocation")).headers["location"]
    await _redeem(UUID(free))
    answer = await clerk.post(confirmation)
    assert answer.status_code in {303, 404}
    assert await fetch_value("select revoked_at from license_key where id = $1::uuid", free) is None


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("number", "0", "1"),
        ("number", "10001", "10,000"),
        ("contract", "D-9999", "この番号の契約はありません"),
        ("ends_on", "2026-01-01", "終了日が開始日より前"),
        ("product", "", "一覧から"),
    ],
)
async def test_a_wrong_field_is_told(
    clerk: httpx.AsyncClient, field: str, value: str, says: str
) -> None:
    answer = await clerk.post(f"{KEYS}/new", data={**await _form(), field: value})
    assert answer.status_code == 422 and says in message(answer.text)


async def test_selected_keys_are_revoked_by_one_confirmation(
    clerk: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    await _issued(clerk)
    rows = await fetch("select id from license_key where batch is not null order by id limit 2")
    keys = [str(row["id"]) for row in rows]
    html = (await clerk.get(f"{KEYS}?state=free")).text
    assert all(f'value="{key}"' in html for key in keys)
    assert 'name="keys"' not in (await auditor.get(KEYS)).text
    answer = await clerk.post(f"{KEYS}/revocation", data={"keys": keys})
    statement = (await clerk.get(answer.headers["location"])).text
    assert "ライセンスキー2個を失効させます" in statement and statement.count("CONNECTOR") == 2
    page = await confirmed(clerk, answer.headers["location"])
    assert "ライセンスキー2個を失効させました" in message(page.text)
    assert {str(each["subject"]) for each in await audited("license-key-revocation")} == set(keys)
    assert await fetch_value("select count(*) from license_key where revoked_at is not null") == 2


async def test_if_one_selected_key_is_used_meanwhile_none_is_revoked(
    clerk: httpx.AsyncClient,
) -> None:
    await _issued(clerk)
    rows = await fetch("select id from license_key where batch is not null order by id")
    data = {"keys": [str(row["id"]) for row in rows]}
    confirmation = (await clerk.post(f"{KEYS}/revocation", data=data)).headers["location"]
    await _redeem(rows[2]["id"])
    answer = await clerk.post(confirmation)
    page = await clerk.get(answer.headers["location"])
    assert "失効していません" in message(page.text)
    assert await fetch_value("select count(*) from license_key where revoked_at is not null") == 0
    assert await audited("license-key-revocation") == []


async def test_used_keys_cannot_be_selected(clerk: httpx.AsyncClient) -> None:
    used = await fetch_value("select license_key from entitlement where license_key is not null")
    assert f'value="{used}"' not in (await clerk.get(KEYS)).text
    for data in ({}, {"keys": "x"}, {"keys": [str(used), await _key("FREE1")]}):
        answer = await clerk.post(f"{KEYS}/revocation", data=data)
        assert answer.status_code == 422, data
