"""The portal's secret, and what is derived from it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.encryption import SECRET_BYTES, derive, make_secret, read_secret


def test_processes_that_start_at_once_share_one_whole_secret(tmp_path: Path) -> None:
    for attempt in range(20):
        file = tmp_path / str(attempt) / "secret"
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _, f=file: make_secret(f), range(8)))
            secrets = set(pool.map(lambda _, f=file: read_secret(f), range(8)))
        assert len(secrets) == 1 and len(secrets.pop()) == SECRET_BYTES
        assert [path.name for path in file.parent.iterdir()] == ["secret"]
        assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_derived_for_one_purpose_is_no_use_for_another() -> None:
    secret = bytes(range(32))
    assert derive(secret, b"a") == derive(secret, b"a") != derive(secret, b"b")
    with pytest.raises(ValueError, match="too short"):
        derive(b"", b"a")
