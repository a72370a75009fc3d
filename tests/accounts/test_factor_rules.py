"""What a code, a proof and an address are worth."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest

from app.accounts.factors.rules import (
    PROOF_LASTS,
    Factors,
    RelyingParty,
    SeenPasskey,
    Way,
    accepted_step,
    chosen_way,
    grouped,
    plain_recovery_code,
    proof_counts,
    relying_party,
    ways,
)
from app.accounts.passwords import TOO_SHORT, TOO_SHORT_WITH_FACTOR, weakness

NOW = datetime(2027, 3, 31, 12, 0, 15, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
STEP = int(NOW.timestamp()) // 30
KEY = SeenPasskey(UUID(int=1), b"id", "鍵", NOW, None)
APP = UUID(int=2)


def shown(steps: int) -> str:
    return pyotp.TOTP(SECRET).generate_otp(STEP + steps)


def test_the_codes_are_those_of_rfc_6238() -> None:
    """Appendix B: at second 59, SHA-1, the last six of 94287082."""
    assert accepted_step(SECRET, "287082", 0, datetime.fromtimestamp(59, UTC)) == 1


@pytest.mark.parametrize(("steps", "counts"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
def test_one_step_to_either_side_counts(steps: int, counts: int) -> None:
    found = accepted_step(SECRET, shown(steps), 0, NOW)
    assert found == (STEP + steps if counts else None)


def test_a_code_counts_once_and_so_does_every_older_one() -> None:
    assert accepted_step(SECRET, shown(0), STEP, NOW) is None
    assert accepted_step(SECRET, shown(-1), STEP, NOW) is None
    assert accepted_step(SECRET, shown(1), STEP, NOW) == STEP + 1


def test_digits_of_other_alphabets_are_no_code() -> None:
    assert accepted_step(SECRET, "１２３４５６", 0, NOW) is None


def test_a_proof_counts_for_ten_minutes() -> None:
    assert timedelta(minutes=10) == PROOF_LASTS
    assert proof_counts(NOW - timedelta(minutes=9, seconds=59), NOW)
    assert not proof_counts(NOW - timedelta(minutes=10), NOW)


@pytest.mark.parametrize(
    ("factors", "offered"),
    [
        (Factors(None, None, 0, []), [Way.PASSWORD]),
        (Factors(None, None, 5, []), [Way.PASSWORD]),
        (Factors(APP, NOW, 0, []), [Way.APP]),
        (Factors(None, None, 1, [KEY]), [Way.PASSKEY, Way.RECOVERY]),
        (Factors(APP, NOW, 1, [KEY]), [Way.PASSKEY, Way.APP, Way.RECOVERY]),
    ],
)
def test_who_has_a_factor_never_proves_by_the_password(
    factors: Factors, offered: list[Way]
) -> None:
    assert ways(factors) == offered
    assert chosen_way(offered, offered[-1].value) is offered[-1]
    assert chosen_way(offered, "no-way") is offered[0]
    assert (chosen_way(offered, "password") is Way.PASSWORD) == (offered == [Way.PASSWORD])


def test_the_last_factor_is_the_only_one() -> None:
    assert Factors(APP, NOW, 3, []).is_last(APP)
    assert Factors(None, None, 3, [KEY]).is_last(KEY.id)
    assert not Factors(APP, NOW, 3, [KEY]).is_last(APP)
    assert not Factors(APP, NOW, 3, [KEY]).is_last(KEY.id)


@pytest.mark.parametrize(
    ("base_url", "party"),
    [
        ("https://portal.example.com", RelyingParty("portal.example.com", "https://portal.example.com")),
        ("https://portal.example.com:8443/licenses", RelyingParty("portal.example.com", "https://portal.example.com:8443")),
        ("http://127.0.0.1:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("http://[::1]:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("https://192.0.2.7", None),
    ],
)  # fmt: skip
def test_passkeys_are_bound_to_a_name_of_the_portal(
    base_url: str, party: RelyingParty | None
) -> None:
    assert relying_party(base_url) == party


def test_recovery_codes_are_read_as_people_write_them() -> None:
    assert plain_recovery_code(" abcd-o1il efgh\n") == "ABCD0111EFGH"
    assert grouped("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"


def test_with_a_second_factor_a_shorter_password_is_enough() -> None:
    short = "qv7#Lw2!zt"
    assert weakness(short, []) == TOO_SHORT
    assert weakness(short, [], second_factor=True) is None
    assert weakness(short[:7], [], second_factor=True) == TOO_SHORT_WITH_FACTOR
    assert weakness("12345678", [], second_factor=True) is not None
