"""Issuing, delivering and returning on a real database."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from app.activation.download_services import mark_downloaded
from app.activation.format.jws import decode
from app.activation.issue_services import RequestRefused
from app.activation.machine_moves import MOVES_A_YEAR
from app.activation.rules import IssueOutcome
from app.activation.signing_keys import services as signing_key_services
from app.environments.queries import ENVIRONMENTS, list_environments
from app.environments.rules import ActivationState
from app.environments.services import retire_environment
from tests.activation.makers import digest
from tests.activation.world import Place, another, audited, free, machine, place, upload
from tests.conftest import Portal
from tests.lists import wanted


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境: PLATFORM 1, WORKFLOW 20, never activated."""
    return await place(portal.settings)


async def refusal(here: Place, data: bytes) -> IssueOutcome:
    with pytest.raises(RequestRefused) as refused:
        await here.answer(data)
    outcome = refused.value.outcome
    assert isinstance(outcome, IssueOutcome)
    return outcome


async def download(here: Place, seq: int) -> None:
    await mark_downloaded(here.contract, here.environment, seq, here.actor)


def giving_back(seq: int, **changes: Any) -> bytes:
    return upload(purpose="return", prev_seq=seq, **changes)


async def test_what_is_allocated_is_issued_and_signed_by_the_newest_key(here: Place) -> None:
    assert (await here.answer(upload())).seq == 1
    row = (await here.rows())[0]
    jws = decode(row["file"].encode())
    assert [(p["code"], p["quantity"]) for p in jws.payload["products"]] == [
        ("PLATFORM", 1),
        ("WORKFLOW", 20),
    ]
    assert jws.header["kid"] == row["kid"]
    assert jws.payload["exp"] == int(row["expires_at"].timestamp())
    assert jws.payload["iat"] == int(row["issued_at"].timestamp())
    assert row["issued_by"] == here.actor and row["downloaded_at"] is None


async def test_the_same_file_again_gets_the_same_activation_byte_for_byte(here: Place) -> None:
    data = upload()
    await here.answer(data)
    first = await here.rows()
    again = await here.answer(data + b"\n")
    assert again.repeated and again.seq == 1
    assert await here.rows() == first


async def test_the_same_file_at_the_same_time_makes_one_activation(here: Place) -> None:
    data = upload()
    answers = await asyncio.gather(*(here.answer(data) for _ in range(6)))
    assert {answer.seq for answer in answers} == {1}
    assert sum(not answer.repeated for answer in answers) == 1
    assert len(await here.rows()) == 1


async def test_different_files_at_the_same_time_get_numbers_without_gap(here: Place) -> None:
    answers = await asyncio.gather(*(here.answer(upload()) for _ in range(6)))
    assert sorted(answer.seq for answer in answers) == [1, 2, 3, 4, 5, 6]


async def test_a_file_used_for_another_environment_is_refused(here: Place) -> None:
    other, data = await another(here), upload()
    await here.answer(data)
    assert await refusal(other, data) is IssueOutcome.OTHER_ENVIRONMENT


async def test_a_file_offered_to_two_environments_at_once_counts_for_one(here: Place) -> None:
    other, data = await another(here), upload()
    results = await asyncio.gather(here.answer(data), other.answer(data), return_exceptions=True)
    refused = [result for result in results if isinstance(result, RequestRefused)]
    assert [each.outcome for each in refused] == [IssueOutcome.OTHER_ENVIRONMENT]
    assert len(await here.rows()) + len(await other.rows()) == 1


async def test_other_content_under_a_used_number_is_refused(here: Place) -> None:
    await here.answer(upload(jti="once"))
    other = upload(jti="once", nonce="zL8m2R0vTj6yXb1nWc4dEg")
    assert await refusal(here, other) is IssueOutcome.SAME_ID_OTHER_CONTENT


async def test_counts_stay_held_until_a_newer_file_is_downloaded(here: Place) -> None:
    before = await free("WORKFLOW")
    await here.answer(upload())
    await here.allocate(WORKFLOW=5)
    assert await free("WORKFLOW") == before
    await here.answer(upload(prev_seq=1))
    assert await free("WORKFLOW") == before, "issuing alone frees nothing"
    await download(here, 2)
    assert await free("WORKFLOW") == before + 15
    assert [row["end_reason"] for row in await here.rows()] == ["superseded", None]


async def test_downloading_again_changes_nothing(here: Place) -> None:
    await here.answer(upload())
    await download(here, 1)
    first = await here.rows()
    await download(here, 1)
    assert await here.rows() == first
    assert (
        len([e for e in await audited("activation-download") if e["subject"] == here.environment])
        == 1
    )


async def test_downloading_an_older_file_late_ends_nothing(here: Place) -> None:
    await here.answer(upload())
    await here.answer(upload())
    await download(here, 2)
    await download(here, 1)
    assert [row["end_reason"] for row in await here.rows()] == ["superseded", None]


async def test_a_return_ends_the_activation_and_frees_what_is_not_allocated(here: Place) -> None:
    before = await free("WORKFLOW")
    await here.answer(upload())
    await here.allocate(WORKFLOW=0)
    answer = await here.answer(giving_back(1))
    assert answer.ended and answer.seq == 1
    assert (await here.rows())[0]["end_reason"] == "returned"
    assert await free("WORKFLOW") == before + 20


async def test_the_same_return_again_is_a_repeat(here: Place) -> None:
    await here.answer(upload())
    data = giving_back(1)
    await here.answer(data)
    assert (await here.answer(data)).repeated


@pytest.mark.parametrize(
    ("seq", "signer", "outcome"),
    [
        (0, None, IssueOutcome.RETURN_NOT_CURRENT),
        (1, machine("B"), IssueOutcome.RETURN_OTHER_KEY),
    ],
)
async def test_a_return_that_does_not_fit_is_refused(
    here: Place, seq: int, signer: object, outcome: IssueOutcome
) -> None:
    await here.answer(upload())
    assert await refusal(here, giving_back(seq, signer=signer)) is outcome
    assert (await here.rows())[0]["ended_at"] is None


async def test_a_retired_environment_gets_no_activation_but_gives_one_back(here: Place) -> None:
    before = await free("WORKFLOW")
    await here.answer(upload())
    await retire_environment(
        contract=here.contract.id, environment=here.environment, actor=here.actor
    )
    assert await free("WORKFLOW") == before
    assert await refusal(here, upload(prev_seq=1)) is IssueOutcome.ENVIRONMENT_RETIRED
    await here.answer(giving_back(1))
    assert await free("WORKFLOW") == before + 20


async def test_moves_are_counted_and_the_one_over_the_allowance_is_refused(here: Place) -> None:
    await here.answer(upload())
    for name in range(MOVES_A_YEAR):
        await here.answer(upload(machine(str(name))))
    assert [row["moved"] for row in await here.rows()] == [False, True, True, True]
    assert await refusal(here, upload(machine("one more"))) is IssueOutcome.MOVES_EXHAUSTED
    assert (await here.answer(upload(machine(str(MOVES_A_YEAR - 1))))).seq == MOVES_A_YEAR + 2


async def test_simultaneous_moves_do_not_pass_the_allowance(here: Place) -> None:
    await here.answer(upload())
    results = await asyncio.gather(
        *(here.answer(upload(machine(str(name)))) for name in range(6)), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, RequestRefused)]
    assert len(refused) == 6 - MOVES_A_YEAR
    assert {each.outcome for each in refused} == {IssueOutcome.MOVES_EXHAUSTED}


async def test_the_same_key_on_changed_parts_is_a_move(here: Place) -> None:
    await here.answer(upload())
    await here.answer(upload(fp={name: digest(f"new {name}") for name in ("machine", "board")}))
    assert (await here.rows())[1]["moved"]


async def test_numbers_go_on_from_what_the_system_has_seen_and_the_jump_is_recorded(
    here: Place,
) -> None:
    await here.answer(upload())
    assert (await here.answer(upload(prev_seq=41))).seq == 42
    details = json.loads((await audited("activation-issue"))[-1]["details"])
    assert details["jumps"] is True and details["prev_seq"] == 41


async def test_nothing_allocated_is_refused(here: Place) -> None:
    await here.allocate(PLATFORM=0, WORKFLOW=0)
    assert await refusal(here, upload()) is IssueOutcome.NOTHING_ALLOCATED


async def test_changing_the_allocation_makes_the_activation_out_of_date(here: Place) -> None:
    async def state() -> ActivationState:
        seen = (await list_environments(here.contract, wanted(ENVIRONMENTS))).rows
        return next(each.state for each in seen if each.id == here.environment)

    assert await state() is ActivationState.NOT_ACTIVATED
    await here.answer(upload())
    assert await state() is ActivationState.RUNS
    await here.allocate(WORKFLOW=21)
    assert await state() is ActivationState.OUT_OF_DATE
    await here.allocate(WORKFLOW=20)
    assert await state() is ActivationState.RUNS
    await here.answer(giving_back(1))
    assert await state() is ActivationState.RETURNED


async def test_without_the_passphrase_nothing_is_signed_and_nothing_kept(here: Place) -> None:
    locked = replace(here, settings=replace(here.settings, key_passphrase=None))
    assert await refusal(locked, upload()) is IssueOutcome.NO_SIGNING_KEY
    assert await here.rows() == []


async def test_a_wrong_passphrase_signs_nothing(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_key_services, "_opened_signers", {})
    wrong = replace(here, settings=replace(here.settings, key_passphrase=b"wrong"))
    assert await refusal(wrong, upload()) is IssueOutcome.NO_SIGNING_KEY
    assert (await here.answer(upload())).seq == 1
