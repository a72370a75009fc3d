"""Whatever is uploaded as a request file gets an answer, and only good files a good one."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.activation.format.requests import Refusal, RequestFile, RequestOutcome, read_request
from tests.activation.independent import is_acceptable
from tests.activation.makers import NOW, request_file
from tests.activation.mutations import mutations


def test_mutated_requests_never_raise_and_are_accepted_only_where_a_second_reader_agrees() -> None:
    seen: Counter[str] = Counter()
    for data in mutations(seed=1, count=2_000):
        found = read_request(data, NOW)
        if isinstance(found, RequestFile):
            assert is_acceptable(data, NOW), data[:3000]
            seen["accepted"] += 1
        else:
            seen[found.outcome] += 1
    assert set(seen) == {*RequestOutcome, "accepted"}, "a check that no mutation reaches"


def test_the_second_reader_accepts_a_good_request() -> None:
    assert is_acceptable(request_file() + b"\n", NOW)


def test_the_same_seed_makes_the_same_files() -> None:
    assert list(mutations(7, 50)) == list(mutations(7, 50))
    assert list(mutations(7, 50)) != list(mutations(8, 50))


@given(st.binary(max_size=400), st.integers(0, 250_000_000_000))
def test_any_bytes_at_any_time_get_a_refusal(data: bytes, seconds: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert isinstance(read_request(data, now), Refusal)
