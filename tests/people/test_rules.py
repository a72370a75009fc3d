"""Who may change whose membership, what a link opens, and how somebody can join."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from litestar.datastructures import MultiDict

from app.contracts.rules import Role
from app.people.rules import (
    Arrival,
    LinkState,
    MembershipProblem,
    Standing,
    arrival,
    link_state,
    membership_problem,
)
from app.people.values import InvitationValues
from app.web.browsers import browser_name
from app.web.requests import FormData
from app.web.values import SentForm, read_values

A, B, C = uuid4(), uuid4(), uuid4()
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BOTH, ALONE = Standing(True, {A, B}), Standing(True, {A})
OWNER, MEMBER = Role.OWNER, Role.MEMBER


@pytest.mark.parametrize(
    ("standing", "actor", "person", "before", "after", "problem"),
    [
        (BOTH, A, B, OWNER, MEMBER, None),
        (BOTH, A, B, OWNER, None, None),
        (BOTH, A, A, OWNER, None, None),
        (ALONE, A, A, OWNER, MEMBER, MembershipProblem.LAST_OWNER),
        (ALONE, A, A, OWNER, None, MembershipProblem.LAST_OWNER),
        (ALONE, A, A, OWNER, OWNER, None),
        (ALONE, C, C, MEMBER, MEMBER, None),
        (ALONE, C, C, MEMBER, None, None),
        (ALONE, C, C, MEMBER, OWNER, MembershipProblem.NOT_OWNER),
        (ALONE, C, A, OWNER, None, MembershipProblem.NOT_OWNER),
        (ALONE, C, B, MEMBER, MEMBER, MembershipProblem.NOT_OWNER),
        (Standing(False, {A}), A, C, MEMBER, None, MembershipProblem.NOT_OWNER),
        (Standing(False, {A}), A, A, OWNER, None, None),
    ],
)
def test_owners_change_everybody_and_the_last_one_stays_while_the_contract_runs(
    standing: Standing,
    actor: UUID,
    person: UUID,
    before: Role,
    after: Role | None,
    problem: MembershipProblem | None,
) -> None:
    found = membership_problem(
        standing,
        actor=actor,
        person=person,
        before=before,
        after=after,
    )
    assert found is problem


@pytest.mark.parametrize(
    ("end_reason", "lasts", "runs", "state"),
    [
        (None, 1, True, LinkState.OPEN),
        (None, 0, True, LinkState.EXPIRED),
        (None, 1, False, LinkState.CONTRACT_ENDED),
        ("accepted", 1, True, LinkState.USED),
        ("cancelled", 0, True, LinkState.CANCELLED),
        ("replaced", 1, False, LinkState.REPLACED),
    ],
)
def test_a_link_says_why_it_opens_nothing(
    end_reason: str | None, lasts: int, runs: bool, state: LinkState
) -> None:
    found = link_state(
        end_reason=end_reason,
        expires_at=NOW + timedelta(seconds=lasts),
        contract_runs=runs,
        now=NOW,
    )
    assert found is state


@pytest.mark.parametrize(
    ("account", "viewer", "member", "viewer_email", "wanted"),
    [
        (None, None, False, "", Arrival.REGISTER),
        (A, None, False, "", Arrival.SIGN_IN),
        (A, A, False, "a@example.com", Arrival.JOIN),
        (A, B, False, "b@example.com", Arrival.WRONG_ACCOUNT),
        (None, B, False, "b@example.com", Arrival.OTHER_ACCOUNT),
        (None, B, True, "b@example.com", Arrival.MEMBER_ALREADY),
    ],
)
def test_who_opens_a_link_joins_with_the_account_of_the_invited_address(
    account: UUID | None, viewer: UUID | None, member: bool, viewer_email: str, wanted: Arrival
) -> None:
    found = arrival(
        invited="a@example.com",
        account=account,
        viewer=viewer,
        member=member,
        viewer_email=viewer_email,
    )
    assert found is wanted


def _read(emails: str) -> SentForm[InvitationValues]:
    data = FormData(MultiDict([("emails", emails), ("language", "ja")]))
    return read_values(InvitationValues, data, {})


def test_addresses_come_one_per_line_or_between_commas_in_any_width() -> None:
    form = _read("a@example.com\r\nＢ＠example.com，c@example.com、 a@EXAMPLE.com;d@example.com")
    assert form.errors == {}
    assert form.values.emails == [
        "a@example.com",
        "b@example.com",
        "c@example.com",
        "d@example.com",
    ]


@pytest.mark.parametrize(
    "wrong", ["a", "a@b", "a@@b.c", "a@b..c", "@b.c", "a@-b.c", "名前@example.com"]
)
def test_each_address_that_is_none_is_named(wrong: str) -> None:
    form = _read(f"good@example.com {wrong}")
    assert wrong in form.errors["emails"] and "good" not in form.errors["emails"]


def test_nothing_and_too_much_are_no_addresses() -> None:
    assert _read(" , ").errors and _read("").errors
    assert "51" in _read(" ".join(f"a{n}@example.com" for n in range(51))).errors["emails"]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/1 Safari/5 Edg/1", "Edge / Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:1) Gecko Firefox/1", "Firefox / Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Safari/6", "Safari / iPhone"),
        ("tests", ""),
    ],
)
def test_browsers_are_called_as_people_call_them(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
