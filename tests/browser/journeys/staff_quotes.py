"""The vendor's staff answer a request for a quote and change the contract accordingly."""

from app.database import fetch, fetch_value
from app.quotes.rules import Wish
from app.quotes.services import Wanted, request_quote
from tests.browser.cast import Cast
from tests.browser.matrix import VENDOR, Journey
from tests.environments.steps import entitlement
from tests.people.post import user_id

CHANGED = "ほかの方が先に変更しました。現在の内容を確認して、もう一度お試しください。"


async def _requested() -> str:
    """The reference of a request for more users of Workflow that nobody works on yet."""
    wanted = Wanted(Wish.CHANGE, await entitlement("WORKFLOW"), quantity=600)
    await request_quote(
        None,
        contract=await fetch_value("select id from contract where number = 'D-1001'"),
        wanted=[wanted],
        note="",
        actor=await user_id("owner"),
    )
    reference: str = await fetch_value(
        "select reference from quote_request where state = 'received'"
    )
    return reference


async def walk(cast: Cast) -> None:
    """A list without a match, no message, days the wrong way round, and a line taken meanwhile."""
    reference = await _requested()
    person = await cast.person("clerk")
    await person.visit("/staff/quotes?search=nowhere")
    await cast.reached("empty", person)
    await person.visit("/staff/quotes")
    await person.press(reference)
    await person.press("回答")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await person.fill("メッセージ", "お見積です。")
    await person.press("回答")
    await person.sees("お見積です。")
    await fetch("update quote_request set revision = revision + 1 where reference = $1", reference)
    await person.press("決定")
    await person.sees_error(
        "ほかの方が先に変更しました。現在の内容を確認して、もう一度お試しください。"
    )
    await person.finds("メッセージ", "お見積です。")
    await cast.reached("conflict", person)
    await person.press("回答")
    await person.press("決定")
    await person.sees_status(person.word("回答を送信しました。"))
    await person.press("ご契約に反映")
    await person.press("変更内容を確認")
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(person.word("合意のとおりご契約を変更しました。"))
    await cast.reached("done", person)


ANSWER = Journey("staff: answer a request for a quote, apply it", walk, people=VENDOR)
