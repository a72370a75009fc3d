"""From the site map to a contract, and through its six tabs."""

from tests.browser.cast import Cast
from tests.browser.matrix import Journey

READ_ONLY = "the page only shows: nobody can come in between"
NOTHING_TO_REFUSE = "there is nothing to fill in that could be wrong"
TABS = ("ご契約詳細", "製品", "環境", "関係者", "グループ会社", "リソース")


async def walk_list(cast: Cast) -> None:
    """The way of the guide, word for word, with a search on the way."""
    person = await cast.person("owner")
    await person.visit("/")
    await person.press("サイトマップ")
    await cast.look(person)
    await person.press("ご契約一覧")
    await person.sees_heading("ご契約一覧")
    await person.fill("番号・ご契約名・会社名", "存在しない")
    await person.press("検索")
    await person.finds("番号・ご契約名・会社名", "存在しない")
    await person.does_not_see("基幹システム契約")
    await cast.reached("empty", person)
    await person.press("すべて表示")
    await cast.look(person)
    await person.fill("番号・ご契約名・会社名", "ｄ－１００１")
    await person.press("検索")
    await person.does_not_see("旧倉庫システム契約")
    await person.press("基幹システム契約")
    await person.sees_heading("基幹システム契約")
    await cast.reached("done", person)


async def walk_tabs(cast: Cast) -> None:
    """Every tab of a contract that runs, and of one that has ended."""
    person = await cast.person("owner")
    for number, state in (("D-1003", "empty"), ("D-1001", "done")):
        await person.visit(f"/contracts/{number}")
        for tab in (*TABS[1:], TABS[0]):
            await person.press(tab)
            await person.sees_heading(tab)
            current = person.page.locator(".tabs [aria-current=page]")
            assert await current.inner_text() == person.word(tab)
            await cast.reached(state, person)
    await person.press("製品")
    await person.press("期限切れの製品を表示する")
    assert person.page.url.endswith("/contracts/D-1001/products?expired=1")
    await cast.look(person)
    await person.reload()
    await person.press("期限切れの製品を表示しない")
    assert person.script is (person.swaps > 0), "tabs are swaps where there is a script"
    for path in (
        "/",
        "/profile",
        "/guide",
        "/guide/activation",
        "/guide/environments",
        "/terms",
        "/contracts/D-2001",
    ):
        await person.visit(path)
        await cast.look(person)


CONTRACT_LIST = Journey(
    "contract list",
    walk_list,
    {"error": "any text can be searched for: a search is never refused", "conflict": READ_ONLY},
)
CONTRACT_TABS = Journey(
    "contract page and its tabs", walk_tabs, {"error": NOTHING_TO_REFUSE, "conflict": READ_ONLY}
)
