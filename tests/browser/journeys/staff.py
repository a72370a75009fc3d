"""The vendor's staff create a contract, and its first owner is invited."""

from app.database import fetch
from tests.browser.cast import Cast
from tests.browser.matrix import VENDOR, Journey
from tests.browser.people import Person

FIELDS = {
    "ご契約番号": "D-3001",
    "ご契約名": "新規契約",
    "開始日": "2026-12-01",
    "終了日（当日を含む）": "2027-11-30",
    "営業担当": "営業 花子",
    "営業担当のメールアドレス": "sales@example.org",
    "電話番号": "03-0000-0001",
    "最初のオーナーのメールアドレス （任意）": "first@example.com",
}


async def _fill(person: Person) -> None:
    for label, text in FIELDS.items():
        await person.fill(label, text)


async def walk_contract_creation(cast: Cast) -> None:
    """From search to the contract; first with a wrong day, then with a number taken meanwhile."""
    person = await cast.person("clerk")
    await person.visit("/staff")
    await cast.look(person)
    await person.visit("/staff/search?words=見本")
    await person.press("見本製作所株式会社")
    await person.press("契約を登録")
    await _fill(person)
    await person.fill("開始日", "2028-01-01")
    await person.press("登録")
    await person.sees_error("入力内容を確認してください")
    await person.finds("ご契約名", "新規契約")
    await cast.reached("error", person)
    await person.fill("開始日", "2026-12-01")
    await person.press("登録")
    await person.sees("first@example.com")
    await cast.look(person)
    await fetch("update contract set number = 'D-3001' where number = 'D-2001'")
    await person.press("決定")
    await person.sees_error("入力内容を確認してください")
    await person.finds("ご契約名", "新規契約")
    await cast.reached("conflict", person)
    await person.fill("ご契約番号", "D-3002")
    await person.press("登録")
    await person.press("決定")
    await person.sees_status("新規契約")
    assert person.page.url.startswith(f"{person.base}/staff/contracts/D-3002?done=")
    await person.sees("first@example.com")
    await cast.reached("done", person)


CONTRACT_CREATION = Journey(
    "staff: create a contract with its first owner",
    walk_contract_creation,
    {"empty": "A form for something new shows no list that could be empty."},
    people=VENDOR,
)
