"""見積依頼: from nothing asked for to a reference number; taking it back; the vendor's answer."""

from app.database import fetch_value
from app.quotes.answer_services import take_into_review
from tests.browser.cast import Cast
from tests.browser.matrix import Journey
from tests.browser.people import Person
from tests.people.post import user_id

CONTRACT = "/contracts/D-1001"
LIST = f"{CONTRACT}/quote-requests"
# The tab of the same Japanese name is Products in English.
PRODUCT = {"ja": "製品", "en": "Product"}
NAMES = ("業務基盤プラットフォーム", "ワークフロー", "分析ダッシュボード", "外部接続オプション")


async def _choose(person: Person, product: str, wish: str) -> None:
    await person.choose(f"{product} 契約内容", person.word(wish))


async def walk_quote(cast: Cast) -> None:
    """Nothing asked for, wrong numbers, another owner in the same draft, and a request."""
    await cast.site.make_owner("member", "D-1001")
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(CONTRACT)
    await person.press("見積依頼")
    await cast.look(person)
    for name in NAMES:
        await _choose(person, name, "更新しない")
    await person.press("見積依頼")
    await person.sees_error("依頼する内容がありません")
    await cast.reached("empty", person)
    await _choose(person, "ワークフロー", "数量を変更")
    await person.fill("ワークフロー 数量", "たくさん")
    await person.press("追加")
    await person.choose(PRODUCT[cast.language], person.word("モバイル連携（ユーザ）"))
    await person.press("追加")
    await person.sees_error("入力内容を確認してください")
    await cast.look(person)
    await person.fill("数量", "３０")
    await person.press("追加")
    await person.sees("モバイル連携")
    await person.finds("ワークフロー 数量", "たくさん")
    await person.press("見積依頼")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await person.fill("ワークフロー 数量", "３００")
    await person.press("見積依頼")
    await cast.look(person)
    await other.visit(LIST)
    await other.press("新しい見積依頼")
    await other.fill("備考", "別のオーナーから")
    await other.press("下書きを保存")
    await person.press("決定")
    await person.sees_error("備考")
    await person.finds("備考", "別のオーナーから")
    await person.finds("ワークフロー 数量", "３００")
    await cast.reached("conflict", person)
    await person.press("見積依頼")
    await person.press("戻る")
    await person.finds("ワークフロー 数量", "３００")
    await person.press("見積依頼")
    await person.press("決定")
    await person.sees_status("Q-2")
    await person.sees("別のオーナーから")
    await cast.reached("done", person)


async def walk_after(cast: Cast) -> None:
    """No request yet; one that the vendor works on already; one taken back; an answer."""
    person = await cast.person("owner")
    await person.visit("/contracts/D-1003/quote-requests")
    await cast.reached("empty", person)
    await person.visit(LIST)
    await person.press("新しい見積依頼")
    await person.press("見積依頼")
    await person.press("決定")
    reference = await fetch_value(
        "select reference from quote_request order by requested_at desc limit 1"
    )
    await person.press("取り下げ", reference)
    await cast.look(person)
    await take_into_review(
        request=await fetch_value("select id from quote_request where reference = $1", reference),
        actor=await user_id("clerk"),
    )
    await person.press("決定")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("conflict", person)
    await person.press("見積依頼の一覧")
    await person.press("新しい見積依頼")
    await person.press("見積依頼")
    await person.press("決定")
    newest = await fetch_value(
        "select reference from quote_request order by requested_at desc limit 1"
    )
    await person.press("取り下げ", newest)
    await person.press("決定")
    await person.sees_status(newest)
    await cast.look(person)
    await person.press("見積依頼の一覧")
    await cast.look(person)
    answered = await fetch_value("select reference from quote_request where state = 'answered'")
    await person.press(answered)
    file = await person.download("ダウンロード", cast.folder, "お見積書_D-1001.pdf")
    assert file.name == "お見積書_D-1001.pdf" and file.read_bytes().startswith(b"%PDF-")
    await cast.reached("done", person)


QUOTE = Journey("request a quote", walk_quote)
AFTER = Journey(
    "withdraw a request for a quote, download the answer",
    walk_after,
    {"error": "there is nothing to fill in after the request was made"},
)
