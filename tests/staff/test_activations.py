"""Activations in the console: found, looked into, moves allowed, held counts released."""

import asyncio

import httpx
import pytest

from app import clock
from app.activation.format.requests import Refusal, read_request
from app.activation.issue_services import RequestRefused
from app.activation.rules import IssueOutcome
from app.database import fetch, fetch_value
from tests.activation.world import Place, another, audited, free, machine, place, upload
from tests.conftest import Portal
from tests.staff.steps import confirmed, done, message, proposed

LIST = "/staff/activations"


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境, activated once."""
    found = await place(portal.settings)
    await found.answer(upload())
    return found


async def _url(here: Place) -> str:
    rows = await here.rows()
    return f"{LIST}/{rows[-1]['id']}"


async def test_an_activation_is_found_by_everything_that_names_it(
    auditor: httpx.AsyncClient, here: Place
) -> None:
    other = await another(here)
    await other.answer(upload(machine("b")))
    row, theirs = (await here.rows())[0], (await other.rows())[0]
    request = read_request(row["request_file"].encode(), clock.now())
    assert not isinstance(request, Refusal)
    finds_one = ("検証環境", "D-1001 検証", row["jkt"], "検証 1")
    for words in (*finds_one, "Ｄ－１００１", "1", request.fp["board"]):
        html = (await auditor.get(LIST, params={"search": words})).text
        assert str(row["id"]) in html, words
        assert (str(theirs["id"]) in html) == (words not in finds_one), words
    for words in ("D-9999", "２", "A" * 43, "%", "9" * 30, "D-1001 なし"):
        assert str(row["id"]) not in (await auditor.get(LIST, params={"search": words})).text, words
    for state, there in (("runs", True), ("released", False), ("expired", False)):
        assert (str(row["id"]) in (await auditor.get(LIST, params={"state": state})).text) == there


async def test_both_files_are_shown_decoded_and_the_look_is_on_record(
    auditor: httpx.AsyncClient, here: Place
) -> None:
    row = (await here.rows())[0]
    html = (await auditor.get(await _url(here))).text
    for part in (
        row["file"],
        row["request_file"],
        "line1.example.com",
        "system.host",
        "fp.board",
        "keyset.keys.1.kid",
        " UTC)",
    ):
        assert part in html
    assert "further-move" not in html, "a viewer looks only"
    assert len(await audited("contract-inspection")) == 1


async def test_a_further_move_is_allowed_once_and_the_environment_moves(
    clerk: httpx.AsyncClient, here: Place
) -> None:
    for name in "abc":
        await here.answer(upload(machine(name)))
    with pytest.raises(RequestRefused) as refused:
        await here.answer(upload(machine("d")))
    assert refused.value.outcome is IssueOutcome.MOVES_EXHAUSTED
    form = f"{await _url(here)}/further-move"
    confirmation = await proposed(clerk, form, {"reason": "機械の故障"})
    answers = await asyncio.gather(*(clerk.post(confirmation) for _ in range(3)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    page = await clerk.get(answers[0].headers["location"])
    assert "移行をもう1回" in message(page.text) and "3 / 4" in page.text
    await here.answer(upload(machine("d")))
    with pytest.raises(RequestRefused):
        await here.answer(upload(machine("e")))
    [event] = await audited("move-allowance")
    assert "機械の故障" in event["details"]


async def test_of_two_who_allow_a_move_at_once_one_is_told(
    clerk: httpx.AsyncClient, staff: httpx.AsyncClient, here: Place
) -> None:
    form = f"{await _url(here)}/further-move"
    confirmations = [await proposed(who, form, {"reason": "故障"}) for who in (clerk, staff)]
    await asyncio.gather(
        *(who.post(url) for who, url in zip((clerk, staff), confirmations, strict=True))
    )
    assert await fetch_value("select count(*) from move_allowance") == 1
    assert await fetch_value("select count(*) from confirmation where refusal is not null") == 1


async def test_an_allowance_ends_after_a_year(clerk: httpx.AsyncClient, here: Place) -> None:
    await done(clerk, f"{await _url(here)}/further-move", {"reason": "故障"})
    await fetch("update move_allowance set allowed_at = allowed_at - interval '366 days'")
    assert "0 / 3" in (await clerk.get(await _url(here))).text


async def test_what_a_lost_machine_held_is_released(clerk: httpx.AsyncClient, here: Place) -> None:
    await here.allocate(PLATFORM=0, WORKFLOW=0)
    held = await free("WORKFLOW")
    form = await clerk.get(f"{await _url(here)}/release")
    assert form.text.index("ワークフロー") < form.text.index('name="reason"'), "seen before asked"
    assert "20 ユーザ" in form.text
    confirmation = await proposed(clerk, f"{await _url(here)}/release", {"reason": "盗難"})
    told = (await clerk.get(confirmation)).text
    assert "ワークフロー" in told and "20 ユーザ" in told
    page = await confirmed(clerk, confirmation)
    assert "解放しました" in message(page.text) and "解放済み" in page.text
    assert await free("WORKFLOW") == held + 20
    assert (await clerk.get(f"{await _url(here)}/release")).status_code == 404, "nothing runs"
    [event] = await audited("activation-release")
    assert event["subject"] == here.environment


async def test_a_file_issued_meanwhile_is_not_released_unseen(
    clerk: httpx.AsyncClient, here: Place
) -> None:
    confirmation = await proposed(clerk, f"{await _url(here)}/release", {"reason": "盗難"})
    await here.answer(upload())
    answer = await clerk.post(confirmation)
    page = await clerk.get(answer.headers["location"])
    assert "変更しました" in message(page.text) and "盗難" in page.text
    assert await audited("activation-release") == []


@pytest.mark.parametrize("reason", ["", " ", "\u202e", "x" * 501])
async def test_a_reason_is_asked_for(clerk: httpx.AsyncClient, here: Place, reason: str) -> None:
    answer = await clerk.post(f"{await _url(here)}/further-move", data={"reason": reason})
    assert answer.status_code == 422


async def test_a_fingerprint_that_cannot_be_read_is_none(database: str) -> None:
    for file in ("", "x", "a.b.c", "a.!!!.c", "a.eyJmcCI6MX0.c", "a.bnVsbA.c"):
        assert await fetch_value("select fingerprint_of($1)", file) == [], file
