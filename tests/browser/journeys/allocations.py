"""割り当て: numbers per product, and other products that are added to the form."""

from tests.browser.cast import Cast
from tests.browser.journeys.environments import LIST
from tests.browser.matrix import Journey
from tests.browser.people import Person


async def walk_allocation(cast: Cast) -> None:
    """Nothing changed, too many, taken meanwhile by another owner, and done."""
    await cast.site.make_owner("member", "D-1001")
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(LIST)
    await person.press("割り当て", "検証環境")
    await person.finds("分析ダッシュボード", "0")
    await cast.look(person)
    await person.press("割り当て")
    await person.sees_error("変更がありません")
    await cast.reached("empty", person)
    await person.fill("業務基盤プラットフォーム", "7")
    await person.fill("分析ダッシュボード", "たくさん")
    await person.press("割り当て")
    await person.sees_error("入力内容を確認してください")
    await person.finds("業務基盤プラットフォーム", "7")
    await cast.reached("error", person)
    await person.fill("業務基盤プラットフォーム", "６")
    await person.fill("分析ダッシュボード", "40")
    await person.press("割り当て")
    await cast.look(person)
    await _allocate(other, "本番環境", "業務基盤プラットフォーム", "6")
    await person.press("決定")
    await person.sees_error("業務基盤プラットフォーム")
    await person.finds("業務基盤プラットフォーム", "6")
    await person.finds("分析ダッシュボード", "40")
    await cast.reached("conflict", person)
    await person.fill("業務基盤プラットフォーム", "4")
    await person.press("割り当て")
    await person.press("決定")
    await person.sees_status("検証環境")
    await cast.reached("done", person)


async def _allocate(person: Person, environment: str, product: str, quantity: str) -> None:
    await person.visit(LIST)
    await person.press("割り当て", environment)
    await person.fill(product, quantity)
    await person.press("割り当て")
    await person.press("決定")
    await person.sees_status(environment)


async def walk_other_products(cast: Cast) -> None:
    """A product from a license key comes into the form beside what was typed already."""
    person = await cast.person("owner")
    await person.visit(LIST)
    await person.press("割り当て", "検証環境")
    await person.fill("分析ダッシュボード", "12")
    await person.press("その他の製品を追加")
    await cast.look(person)
    await person.press("選択")
    await person.finds("分析ダッシュボード", "12")
    await person.finds("外部接続オプション", "")
    await person.press("割り当て")
    await person.sees_error("外部接続オプション")
    await person.finds("外部接続オプション", "")
    await person.fill("外部接続オプション", "3")
    await person.press("割り当て")
    await person.sees_error("外部接続オプション")
    await person.finds("外部接続オプション", "3")
    await cast.reached("error", person)
    await person.fill("外部接続オプション", "2")
    await person.press("割り当て")
    await cast.look(person)
    await person.press("決定")
    await person.sees_status("検証環境")
    await person.sees("外部接続オプション")
    await cast.reached("done", person)
    newcomer = await cast.settled_newcomer()
    await newcomer.visit("/contracts/D-1004/environments/new")
    await newcomer.fill("環境名", "店舗")
    await newcomer.fill("ソートキー", "1")
    await newcomer.press("登録")
    await newcomer.press("決定")
    await newcomer.press("割り当て", "店舗")
    await newcomer.does_not_see("その他の製品を追加")
    await newcomer.visit(newcomer.page.url.partition("?")[0] + "/other-products")
    await cast.reached("empty", newcomer)


ALLOCATION = Journey("allocate", walk_allocation)
OTHER_PRODUCTS = Journey(
    "other products",
    walk_other_products,
    {"conflict": "choosing changes nothing; what comes in between shows in the journey allocate"},
)
