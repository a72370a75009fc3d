"""Every outcome has one message that says what to do."""

import re
from enum import StrEnum

import pytest

from app.activation.format.keysets import KeysetOutcome
from app.activation.format.requests import RequestOutcome
from app.activation.messages import ISSUE_MESSAGES, KEYSET_MESSAGES, REQUEST_MESSAGES
from app.activation.rules import IssueOutcome


@pytest.mark.parametrize(
    ("outcomes", "messages"),
    [
        (RequestOutcome, REQUEST_MESSAGES),
        (IssueOutcome, ISSUE_MESSAGES),
        (KeysetOutcome, KEYSET_MESSAGES),
    ],
)
def test_every_outcome_has_a_message_of_its_own(
    outcomes: type[StrEnum], messages: dict[StrEnum, str]
) -> None:
    assert set(messages) == set(outcomes)
    assert len(set(messages.values())) == len(messages)


@pytest.mark.parametrize("outcome", [*RequestOutcome, *IssueOutcome, *KeysetOutcome])
def test_codes_are_in_kebab_case(outcome: StrEnum) -> None:
    assert re.fullmatch("[a-z]+(-[a-z]+)*", outcome.value)


@pytest.mark.parametrize("outcome", RequestOutcome)
def test_a_message_names_the_claim_where_there_is_one(outcome: RequestOutcome) -> None:
    about_a_claim = outcome in (
        RequestOutcome.MISSING_CLAIM,
        RequestOutcome.INVALID_CLAIM,
        RequestOutcome.INVISIBLE_CHARACTER,
    )
    assert ("%(claim)s" in REQUEST_MESSAGES[outcome]) == about_a_claim
