"""操作履歴: whom an invitation was for; erasing the address erases it here, too."""

import httpx

from app.database import fetch
from tests.audit.log import intruder
from tests.conftest import Portal, Stage
from tests.history.test_pages import URL, told
from tests.people.post import invite

ADDRESS = "arai@example.com"


async def test_the_invited_address_is_shown(owner: httpx.AsyncClient) -> None:
    await invite(owner, ADDRESS)
    assert f"「{ADDRESS}」に招待メールを送信しました" in told((await owner.get(URL)).text)
    assert ADDRESS in (await owner.get(f"{URL}/export")).text


async def test_the_event_itself_does_not_hold_it(owner: httpx.AsyncClient) -> None:
    await invite(owner, ADDRESS)
    rows = await fetch(
        "select details::text as details from audit_event where event_type = 'invitation'"
    )
    assert rows and all(ADDRESS not in row["details"] for row in rows)


async def test_an_erased_address_is_gone_from_the_history(
    portal: Portal, stage: Stage, owner: httpx.AsyncClient
) -> None:
    await invite(owner, ADDRESS)
    async with intruder(stage, portal.dsn) as admin:
        await admin.execute("delete from invitation where email = $1", ADDRESS)
    html = (await owner.get(URL)).text
    assert ADDRESS not in html
    assert "「（削除済み）」に招待メールを送信しました" in told(html)
