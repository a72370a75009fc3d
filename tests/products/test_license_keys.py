"""その他製品を追加: a key opens an other product once, and guessing gets slower."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from app import clock
from app.database import fetch, fetch_value, unit_of_work
from app.products.license_key_rules import new_license_key
from app.products.license_key_services import LARGEST_BATCH, issue_license_keys
from app.products.rules import Term
from tests.conftest import Portal
from tests.environments.steps import confirm, propose

CONTRACT = "/contracts/D-1001"
PRODUCTS, FORM = f"{CONTRACT}/products", f"{CONTRACT}/other-products/new"
FREE = "DEMO0-CONN8-FREE1-00001"


async def contract_id(number: str) -> UUID:
    id: UUID = await fetch_value("select id from contract where number = $1", number)
    return id


async def issue(contract: str | None = None, *, first: int = 0, last: int = 10) -> str:
    """A new key for CONNECTOR, usable between two days counted from today."""
    product = await fetch_value("select id from product where code = 'CONNECTOR'")
    today = clock.today("Asia/Tokyo")
    batch = await issue_license_keys(
        number=1,
        product=product,
        quantity=3,
        term=Term(today + timedelta(first), today + timedelta(last)),
        contract=await contract_id(contract) if contract else None,
        actor=None,
    )
    return batch.codes[0]


async def redeemed(code: str) -> list[str]:
    """Numbers of the contracts that have redeemed a key."""
    rows = await fetch(
        "select c.number from entitlement e join license_key k on k.id = e.license_key"
        " join contract c on c.id = e.contract where k.code = $1",
        code,
    )
    return [row["number"] for row in rows]


async def test_a_key_adds_an_other_product(owner: httpx.AsyncClient) -> None:
    assert f'href="{FORM}"' in (await owner.get(PRODUCTS)).text
    location = await propose(owner, FORM, {"key": "demo0 ｃｏｎｎ８－free1ー00001"})
    page = (await owner.get(location)).text
    assert FREE in page and "外部接続オプション" in page and "8 コア" in page
    done = await confirm(owner, location)
    html = (await owner.get(done)).text
    assert done.startswith(f"{PRODUCTS}?done=") and "外部接続オプションを追加しました" in html
    assert html.count("外部接続オプション</a>") == 2, "an entitlement of its own"
    assert await confirm(owner, location) == done
    assert await redeemed(FREE) == ["D-1001"]


async def test_members_do_not_find_the_form(member: httpx.AsyncClient) -> None:
    assert FORM not in (await member.get(PRODUCTS)).text
    assert (await member.get(FORM)).status_code == 404


async def refusal(client: httpx.AsyncClient, key: str, form: str = FORM) -> str:
    """What is said of a key, with what was typed kept."""
    answer = await client.post(form, data={"key": key})
    assert answer.status_code == 422 and f'value="{key}"' in answer.text
    return answer.text


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "ライセンスキーを入力してください"),
        ("DEMO0-CONN8-FREE1-00002", "入力に誤りがあります"),
        ("x" * 101, "100文字"),
        ("\u200b", "ライセンスキーを入力してください"),
        ("DEMO0-CONN8-USED1-00002", "このライセンスキーは使用済みです"),
        ("DEMO0-CONN2-USED0-00000", "追加済みです"),
        ("DEMO0-CONN8-PAST1-00003", "に期限が切れました"),
    ],
)
async def test_each_key_that_cannot_be_used_says_why(
    owner: httpx.AsyncClient, key: str, words: str
) -> None:
    html = await refusal(owner, key)
    assert words in html and "D-2001" not in html and "見本" not in html


async def test_further_reasons_are_told_apart(owner: httpx.AsyncClient) -> None:
    assert "発行されていません" in await refusal(owner, new_license_key())
    assert "別のご契約" in await refusal(owner, await issue("D-2001"))
    assert "から使えます" in await refusal(owner, await issue(first=1))
    revoked = await issue()
    await fetch("update license_key set revoked_at = now() where code = $1", revoked)
    assert "無効になりました" in await refusal(owner, revoked)
    await fetch("delete from throttle")
    assert "重ならない" in await refusal(owner, await issue(first=400, last=500))


async def test_a_key_for_this_contract_is_taken(owner: httpx.AsyncClient) -> None:
    key = await issue("D-1001")
    await confirm(owner, await propose(owner, FORM, {"key": key}))
    assert await redeemed(key) == ["D-1001"]


async def test_a_key_used_meanwhile_is_told_with_the_input_kept(
    owner: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    location = await propose(owner, FORM, {"key": FREE})
    others = "/contracts/D-2001/other-products/new"
    await confirm(outsider, await propose(outsider, others, {"key": FREE}))
    led_to = await confirm(owner, location)
    html = (await owner.get(led_to)).text
    assert led_to.startswith(f"{FORM}?draft=") and "使用済み" in html and f'value="{FREE}"' in html
    assert await redeemed(FREE) == ["D-2001"]


async def test_of_two_at_the_same_moment_one_gets_it(
    owner: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    for _ in range(5):
        key = await issue()
        others = "/contracts/D-2001/other-products/new"
        mine = await propose(owner, FORM, {"key": key})
        theirs = await propose(outsider, others, {"key": key})
        led_to = await asyncio.gather(
            *(confirm(owner, mine) for _ in range(3)),
            *(confirm(outsider, theirs) for _ in range(3)),
        )
        assert len(await redeemed(key)) == 1
        assert len(set(led_to[:3])) == 1 or not all("done=" in one for one in led_to[:3])
        done = {"done=" in one for one in led_to[:3]}, {"done=" in one for one in led_to[3:]}
        assert done in (({True}, {False}), ({False}, {True}))


async def test_guessing_gets_slower_and_never_locks_out(owner: httpx.AsyncClient) -> None:
    for _ in range(5):
        await refusal(owner, new_license_key())
    waiting = await owner.post(FORM, data={"key": FREE})
    assert waiting.status_code == 429 and int(waiting.headers["retry-after"]) > 0
    assert "秒後" in waiting.text
    await fetch("update throttle set drained_at = drained_at - interval '2 minutes'")
    await propose(owner, FORM, {"key": FREE})


async def test_right_keys_do_not_count_as_guesses(owner: httpx.AsyncClient) -> None:
    for _ in range(8):
        await propose(owner, FORM, {"key": await issue()})


async def test_log_ins_are_not_slowed_down_by_wrong_keys(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    for _ in range(5):
        await refusal(owner, new_license_key())
    buckets = await fetch("select bucket from throttle")
    kinds = {row["bucket"].partition(":")[0] for row in buckets}
    assert kinds == {"key", "key-actor", "key-address"}


async def test_a_batch_has_keys_of_its_own_and_a_bound(database: str) -> None:
    product = await fetch_value("select id from product where code = 'CONNECTOR'")
    today = clock.today("Asia/Tokyo")
    term = Term(today, today)
    batch = await issue_license_keys(
        number=1200, product=product, quantity=1, term=term, actor=None
    )
    assert len(set(batch.codes)) == 1200
    assert await fetch_value("select count(*) from license_key where batch = $1", batch.id) == 1200
    assert (
        await fetch_value(
            "select count(*) from audit_event"
            " where event_type = 'license-key-batch' and subject = $1",
            batch.id,
        )
        == 1
    )
    for number in (0, LARGEST_BATCH + 1):
        with pytest.raises(ValueError, match="batch"):
            await issue_license_keys(
                number=number, product=product, quantity=1, term=term, actor=None
            )


REDEEM = """
    insert into entitlement
    select gen_random_uuid(), (select id from contract where number = $2), k.product, k.quantity,
           k.starts_on, k.ends_on, k.id, now()
    from license_key k where k.code = $1
"""


async def test_the_database_refuses_what_must_never_be(database: str) -> None:
    revoked, meant, used = await issue(), await issue("D-2001"), await issue()
    revoke = "update license_key set revoked_at = now() where code = $1"
    await fetch(revoke, revoked)
    await fetch(REDEEM, used, "D-1001")
    for statement, *args in (
        (REDEEM, revoked, "D-1001"),
        (REDEEM, meant, "D-1001"),
        (REDEEM, used, "D-1001"),
        (revoke, used),
        ("update license_key set code = lower(code) where code = $1", meant),
        ("update license_key set code = replace($1, '-', '') where code = $2", used, meant),
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await fetch(statement, *args)


async def test_a_key_is_not_revoked_and_redeemed_at_the_same_moment(database: str) -> None:
    for _ in range(10):
        key = await issue()

        async def once(statement: str, *args: str) -> bool:
            try:
                async with unit_of_work():
                    await fetch(statement, *args)
            except asyncpg.CheckViolationError:
                return False
            return True

        revoke = "update license_key set revoked_at = now() where code = $1"
        outcomes = await asyncio.gather(once(revoke, key), once(REDEEM, key, "D-1001"))
        assert sorted(outcomes) == [False, True]
