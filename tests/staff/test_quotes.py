"""The quote inbox: who works on what, answers with a PDF, and applying a quote to its contract."""

import asyncio

import httpx
import pytest

from app import clock
from app.database import fetch_value
from tests.quotes.steps import requested, state_of
from tests.staff.steps import confirmed, done, filled, message, proposed

PDF = b"%PDF-1.4\nsmall\n%%EOF\n"


def _console(path: str) -> str:
    return f"/staff/quotes/{path.rsplit('/', 1)[1]}"


async def _answer(client: httpx.AsyncClient, quote: str, text: str, file: bytes = PDF) -> str:
    page = await client.get(f"{quote}/answer")
    answer = await client.post(
        f"{quote}/answer",
        data=filled(page.text) | {"message": text},
        files={"file": ("見積.pdf", file, "application/pdf")},
    )
    assert answer.status_code == 303, message(answer.text)
    return str(answer.headers["location"])


async def test_a_request_is_taken_answered_and_applied_exactly_as_shown(
    owner: httpx.AsyncClient, clerk: httpx.AsyncClient
) -> None:
    path = await requested(owner, WORKFLOW="600")
    quote = _console(path)
    review = (await clerk.post(f"{quote}/review")).headers["location"]
    assert "担当になりました" in message((await confirmed(clerk, review)).text)
    page = await confirmed(clerk, await _answer(clerk, quote, "お見積です。"))
    assert "回答を送信しました" in message(page.text)
    assert (await clerk.get(f"{quote}/answer/file")).content == PDF
    confirmation = await proposed(clerk, f"{quote}/application", {})
    shown = (await clerk.get(confirmation)).text
    assert "500 ユーザ" in shown and "600 ユーザ" in shown
    page = await confirmed(clerk, confirmation)
    assert "合意のとおり" in message(page.text) and await state_of(path) == "concluded"


async def test_less_than_is_in_use_is_refused_with_the_reason(
    owner: httpx.AsyncClient, clerk: httpx.AsyncClient
) -> None:
    quote = _console(await requested(owner, WORKFLOW="300"))
    await confirmed(clerk, await _answer(clerk, quote, "お見積です。"))
    form = await clerk.get(f"{quote}/application")
    at_once = {"starts_on": str(clock.today("Asia/Tokyo"))}
    answer = await clerk.post(f"{quote}/application", data=filled(form.text) | at_once)
    assert answer.status_code == 422 and "320 ユーザ" in message(answer.text)


async def test_of_two_who_answer_at_once_one_is_told(
    owner: httpx.AsyncClient, clerk: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    quote = _console(await requested(owner))
    one, other = await _answer(clerk, quote, "一"), await _answer(staff, quote, "二")
    answers = await asyncio.gather(clerk.post(one), staff.post(other), clerk.post(one))
    led_to = [answer.headers["location"] for answer in answers]
    assert led_to[0] == led_to[2]
    assert sum("done=" in location for location in (led_to[0], led_to[1])) == 1
    assert (
        await fetch_value(
            "select count(*) from audit_event where event_type = 'quote-answer' and subject ="
            " (select id from quote_request where reference = $1)",
            quote.rsplit("/", 1)[1],
        )
        == 1
    )


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"MZ not a pdf", "完全なPDF"),
        (PDF[:-7], "完全なPDF"),
        (b"%PDF-" + b"0" * 10_000_001 + b"%%EOF", "10.0 MB"),
        (b"", "空です"),
    ],
)
async def test_a_wrong_file_is_told_and_the_message_is_kept(
    owner: httpx.AsyncClient, clerk: httpx.AsyncClient, file: bytes, says: str
) -> None:
    quote = _console(await requested(owner))
    answer = await clerk.post(
        f"{quote}/answer", data={"message": "残る文"}, files={"file": ("x.pdf", file)}
    )
    assert answer.status_code == 422 and says in message(answer.text) and "残る文" in answer.text


async def test_it_is_handed_over_to_somebody_who_may_answer(
    owner: httpx.AsyncClient, clerk: httpx.AsyncClient
) -> None:
    quote = _console(await requested(owner))
    review = (await clerk.post(f"{quote}/review")).headers["location"]
    await confirmed(clerk, review)
    staff = await fetch_value("select id from portal_user where code = 'staff'")
    page = await done(clerk, f"{quote}/handler", {"handler": str(staff)})
    assert "担当になりました" in message(page.text)
    auditor = await fetch_value("select id from portal_user where code = 'auditor'")
    answer = await clerk.post(f"{quote}/handler", data={"handler": str(auditor)})
    assert answer.status_code == 422
    assert quote.rsplit("/", 1)[1] not in (await clerk.get("/staff/quotes?handler=me")).text
