"""The vectors for emergency files: ``python -m tests.licensed_system.make_emergency_vectors``"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from licensed_system.outcomes import Outcome
from licensed_system.status import Standing
from tests.licensed_system.issuer import START, Claims, Issuer, key_from, product
from tests.licensed_system.make_vectors import (
    ACCEPTED,
    BAD,
    FOLDER,
    HIGHEST_KEYSET,
    ISSUER,
    STRANGER,
    written,
)

USED = {"used before": "2026-03-01T00:00:00Z"}
Case = tuple[str, bytes, datetime, str]


def _file(**changes: Any) -> bytes:
    return ISSUER.emergency(**changes)


def _cases() -> list[Case]:
    day, second = timedelta(hours=24), timedelta(seconds=1)
    end = datetime(2027, 3, 31, 15, tzinfo=UTC)
    older = Issuer(ISSUER.seed, version=HIGHEST_KEYSET - 1)
    unnamed = ISSUER.keyset([ISSUER.entry(key_from("rotated"))])
    activation = BAD[Outcome.OTHER_SYSTEM]["another system's key"]()
    return [
        ("good", _file(), START, ACCEPTED),
        ("good, with a claim nobody knows", _file(later_idea=[1]), START, ACCEPTED),
        ("an activation file", activation, START, Outcome.WRONG_TYPE),
        ("another vendor", STRANGER.emergency(), START, Outcome.UNKNOWN_ROOT),
        ("an older keyset", older.emergency(), START, Outcome.KEYSET_OLDER),
        ("an unnamed key", _file(keyset=unnamed), START, Outcome.UNKNOWN_SIGNING_KEY),
        ("another audience", _file(aud="license-portal"), START, Outcome.WRONG_AUDIENCE),
        ("15 days", _file(emergency_days=15), START, Outcome.MALFORMED),
        ("no slot", _file(slot=None), START, Outcome.MALFORMED),
        ("used before", _file(jti="used before"), START, Outcome.EMERGENCY_USED),
        ("at nbf", _late(), START, ACCEPTED),
        ("a second before nbf", _late(), START - second, Outcome.NOT_YET_VALID),
        ("clock a day behind", _early(), START - day, ACCEPTED),
        ("clock more behind", _early(), START - day - second, Outcome.CLOCK_TURNED_BACK),
        ("a second before exp", _file(), end - second, ACCEPTED),
        ("at exp", _file(), end, Outcome.EXPIRED),
    ]


def _late() -> bytes:
    return _file(nbf=_seconds(START))


def _early() -> bytes:
    return ISSUER.emergency(START - timedelta(days=30))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


# First use at START, which is noon in Tokyo: 14 days after that day.
STATUSES = (
    ("2026-04-01T03:00:00Z", Standing.LICENSED),
    ("2026-04-15T14:59:59Z", Standing.LICENSED),
    ("2026-04-15T15:00:00Z", Standing.NOT_LICENSED),
)


# Runs one after the other, from the first use on: the clock is set back, starts in the past and
# is set right. In all it runs through 14 days and a half.
READINGS = (
    ("2026-04-10T03:00:00Z", Standing.LICENSED),
    ("2026-04-09T04:00:00Z", Standing.LICENSED),
    ("2026-04-10T03:00:00Z", Standing.LICENSED),
    ("2000-01-01T00:00:00Z", Standing.NOT_LICENSED),
    ("2026-04-10T03:00:00Z", Standing.LICENSED),
    ("2026-04-08T03:00:00Z", Standing.NOT_LICENSED),
    ("2026-04-14T15:59:59Z", Standing.LICENSED),
    ("2026-04-14T16:00:00Z", Standing.NOT_LICENSED),
    ("2026-04-14T03:00:00Z", Standing.NOT_LICENSED),
)


def vectors() -> Claims:
    """The file's content."""
    return {
        "holder": {
            "trust": "keys.json, trust_pem",
            "keyset_version": HIGHEST_KEYSET,
            "used": USED,
            "latest_seen": f"{START:%Y-%m-%dT%H:%M:%SZ}",
        },
        "cases": [
            {
                "name": name,
                "file": data.decode("ascii"),
                "now": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                "outcome": str(outcome),
            }
            for name, data, now, outcome in _cases()
        ],
        "statuses": {
            "file": _file(products=[product()]).decode("ascii"),
            "first_used_at": f"{START:%Y-%m-%dT%H:%M:%SZ}",
            "at": [{"now": now, "standing": str(standing)} for now, standing in STATUSES],
            "readings": [{"now": now, "standing": str(standing)} for now, standing in READINGS],
        },
    }


def main() -> None:
    (FOLDER / "emergency.json").write_text(written(vectors()), encoding="utf-8")


if __name__ == "__main__":
    main()
