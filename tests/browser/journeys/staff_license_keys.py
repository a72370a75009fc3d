"""The vendor's staff issue license keys and revoke one."""

from app.database import fetch, fetch_value
from tests.browser.cast import Cast
from tests.browser.matrix import VENDOR, Journey

# In Japanese the tab of the products is called the same.
FIELD = {"ja": "製品", "en": "Product"}
PRODUCT = {"ja": "WORKFLOW ワークフロー (ユーザ)", "en": "WORKFLOW Workflow (users)"}
NEWEST = "select id from license_key where revoked_at is null order by issued_at desc limit 1"


async def walk(cast: Cast) -> None:
    """No match, an unreadable number, a batch, a key revoked, and one revoked meanwhile."""
    person = await cast.person("clerk")
    await person.visit("/staff/license-keys?search=nowhere")
    await cast.reached("empty", person)
    await person.press("ライセンスキーを発行")
    await person.choose(FIELD[cast.language], PRODUCT[cast.language])
    await person.fill("キーの個数", "たくさん")
    await person.fill("キー1個の数量", "５")
    await person.fill("開始日", "2026-12-01")
    await person.fill("終了日（当日を含む）", "2027-11-30")
    await person.press("発行")
    await person.sees_error("入力内容を確認してください")
    await person.finds("キー1個の数量", "５")
    await cast.reached("error", person)
    await person.fill("キーの個数", "３")
    await person.press("発行")
    await person.press("決定")
    await person.sees("CSVでダウンロード")
    await cast.look(person)
    await person.visit(f"/staff/license-keys/{await fetch_value(NEWEST)}")
    await person.press("失効")
    await person.press("決定")
    await person.sees_status(person.word("ライセンスキーを失効させました。"))
    await cast.reached("done", person)
    other = await fetch_value(NEWEST)
    await person.visit(f"/staff/license-keys/{other}")
    await person.press("失効")
    await fetch("update license_key set revoked_at = now() where id = $1", other)
    await person.press("決定")
    await person.sees_heading("この操作は行えなくなりました")
    await cast.reached("conflict", person)


BATCH = Journey("staff: issue license keys, revoke one", walk, people=VENDOR)
