"""How fast guesses may come: buckets that drain, and the lanes that an attempt may take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv6Address, ip_address
from uuid import UUID


@dataclass(frozen=True)
class Rate:
    """A bucket's size: `burst` attempts at once, then one `every` so often.

    Attributes:
        clears: a right answer empties the bucket, instead of taking one attempt back.
    """

    burst: int
    every: timedelta
    clears: bool = False

    @property
    def slack(self) -> timedelta:
        """How far ahead of now a bucket may be filled for one more attempt to fit."""
        return self.every * (self.burst - 1)


def _seconds(burst: int, seconds: float, *, clears: bool = False) -> Rate:
    return Rate(burst, timedelta(seconds=seconds), clears)


def _a_day(burst: int, number: int, *, clears: bool = False) -> Rate:
    return Rate(burst, timedelta(days=1) / number, clears)


# What each kind of bucket lets through. docs/security.md adds them up to guesses a day.
RATES = {
    # Signing in by password. A network's own attempts at an account, the account's reserve for
    # networks with attempts left, and what all networks together have beyond that.
    "pair": _a_day(3, 3, clears=True),
    "reserve": _a_day(5000, 5000),
    "wide": _a_day(100, 100),
    "account": _seconds(2, 30),
    "address": _seconds(100, 10),
    # All attempts, bounded by what hashing can do, and a share for networks that were quiet.
    "overall": _seconds(200, 2 / 5),
    "quiet": _seconds(1, 3600),
    "quiet-overall": _seconds(60, 1 / 2),
    # Kept places: each is good once.
    "place": _seconds(1, 600),
    "place-pair": _seconds(2, 15),
    "place-account": _seconds(6, 10),
    "place-overall": _seconds(20, 1),
    "device": _seconds(5, 30),
    # Asking for a link by mail.
    "reset-pair": _a_day(3, 3),
    "reset-reserve": _a_day(5000, 5000),
    "reset-wide": _a_day(100, 100),
    "reset-account": _seconds(2, 30),
    "reset-address": _seconds(100, 10),
    "reset-overall": _seconds(200, 2 / 5),
    "reset-quiet": _seconds(1, 3600),
    "reset-quiet-overall": _seconds(60, 1 / 2),
    # Codes of an authenticator app: few, since there are only a million.
    "factor-pair": _a_day(3, 3, clears=True),
    "factor-reserve": _a_day(100, 144),
    "factor": _seconds(2, 60),
    "factor-device": _seconds(5, 60),
    # Passkeys and recovery codes cannot be guessed; only the work is bounded.
    "unguessable": _seconds(10, 2),
    # The password of a person who is signed in.
    "check-session": _a_day(3, 3, clears=True),
    "check": _seconds(2, 30),
    "key-actor": _a_day(3, 3, clears=True),
    "key": _seconds(2, 20),
    "key-address": _seconds(30, 2),
    "registration": _seconds(20, 30),
    # Sign-ins that begin at a company's identity provider: each makes the portal call it.
    "provider": _seconds(600, 1 / 20),
    "provider-address": _seconds(100, 1),
    # Checks of a company's domains: each makes the portal ask the DNS.
    "domain-check": _seconds(10, 360),
    # Log-out tokens of a provider: each makes the portal call it.
    "provider-log-out": _seconds(600, 1 / 20),
    # Calls of the API by one service account.
    "api": _seconds(300, 1 / 10),
    # Calls of SCIM by one company's identity provider.
    "scim": _seconds(600, 1 / 25),
}


@dataclass(frozen=True)
class Bucket:
    """Where attempts of one kind count.

    Attributes:
        account: id or hash of the account that the attempts aim at; empty if they share it.
        party: who or where the attempts come from.
    """

    kind: str
    account: str = ""
    party: str = ""

    @property
    def name(self) -> str:
        """The bucket's key in the database."""
        return f"{self.kind}:{self.account}:{self.party}"

    @property
    def rate(self) -> Rate:
        """How fast it drains."""
        return RATES[self.kind]


@dataclass(frozen=True)
class Lane:
    """One way to be let through: every bucket of it needs room.

    Attributes:
        opens_at: when the lane may be used at all, or None for at once.
    """

    buckets: tuple[Bucket, ...]
    opens_at: datetime | None = None


def bucket_wait(rate: Rate, drained_at: datetime | None, now: datetime) -> timedelta:
    """Return how long a bucket has no room. `drained_at` is when it will be empty."""
    if drained_at is None:
        return timedelta(0)
    return max(timedelta(0), drained_at - rate.slack - now)


def filled(rate: Rate, drained_at: datetime | None, now: datetime) -> datetime:
    """Return when a bucket will be empty once an attempt more has counted."""
    return max(drained_at or now, now) + rate.every


def room_left(rate: Rate, drained_at: datetime, now: datetime) -> int:
    """Return how many attempts more fit into a bucket now."""
    return max(0, (rate.slack + rate.every - max(drained_at - now, timedelta(0))) // rate.every)


def lane_wait(lane: Lane, drained: Mapping[str, datetime], now: datetime) -> timedelta:
    """Return how long a lane is closed; `drained` has what is known of its buckets."""
    waits = [bucket_wait(b.rate, drained.get(b.name), now) for b in lane.buckets]
    if lane.opens_at is not None:
        waits.append(lane.opens_at - now)
    return max(timedelta(0), *waits)


def first_open(
    lanes: Sequence[Lane], drained: Mapping[str, datetime], now: datetime
) -> Lane | timedelta:
    """Return the first lane with room everywhere, or the shortest wait."""
    waits = [lane_wait(lane, drained, now) for lane in lanes]
    for lane, wait in zip(lanes, waits, strict=True):
        if not wait:
            return lane
    return min(waits)


def network_of(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 of an IPv6 address."""
    return _network(address, 64)


def wide_network_of(address: str) -> str | None:
    """Return the /48 of an IPv6 address, which one customer may have whole; None for IPv4."""
    network = _network(address, 48)
    return network if network.endswith("/48") else None


def _network(address: str, length: int) -> str:
    try:
        parsed = ip_address(address)
    except (AddressValueError, ValueError):
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    host = 128 - length
    return f"{IPv6Address(int(parsed) >> host << host)}/{length}"


def password_lanes(account: str, address: str, *, prefix: str = "") -> list[Lane]:
    """Return the lanes of an unknown visitor: fresh, shared, and the one for a storm.

    Args:
        account: a hash of what was typed.
        prefix: what the kinds of buckets begin with.
    """
    network, wide = network_of(address), wide_network_of(address)
    here, everywhere = Bucket(f"{prefix}address", party=network), Bucket(f"{prefix}overall")
    fresh = [
        Bucket(f"{prefix}pair", account, network),
        Bucket(f"{prefix}reserve", account),
        *([Bucket(f"{prefix}wide", account, wide)] if wide else []),
    ]
    quiet = [Bucket(f"{prefix}quiet", party=network), Bucket(f"{prefix}quiet-overall")]
    return [
        Lane((*fresh, here, everywhere)),
        Lane((Bucket(f"{prefix}account", account), here, everywhere)),
        Lane((*fresh, *quiet)),
    ]


def place_lane(account: str, address: str, place: str, opens_at: datetime) -> Lane:
    """Return the lane of a kept place, which is good once."""
    return Lane(
        (
            Bucket("place", account, place),
            Bucket("place-pair", account, network_of(address)),
            Bucket("place-account", account),
            Bucket("place-overall"),
        ),
        opens_at,
    )


def device_lanes(user: UUID, device: UUID) -> list[Lane]:
    """Return the lane of a known browser: what others try does not fill it."""
    return [Lane((Bucket("device", str(user), str(device)),))]


def factor_lanes(user: UUID, party: str) -> list[Lane]:
    """Return the lanes of an app's code: a party's first ones, then what all share."""
    account = str(user)
    fresh = (Bucket("factor-pair", account, party), Bucket("factor-reserve", account))
    return [Lane(fresh), Lane((Bucket("factor", account),))]


def factor_device_lanes(user: UUID, device: UUID) -> list[Lane]:
    """Return the lane of an app's code from a known browser."""
    return [Lane((Bucket("factor-device", str(user), str(device)),))]


def unguessable_lanes(user: UUID, step: UUID) -> list[Lane]:
    """Return the lane of a passkey or a recovery code.

    Args:
        step: the pending sign-in or the session that asks for it.
    """
    return [Lane((Bucket("unguessable", str(user), str(step)),))]


def check_lanes(user: UUID, session: UUID) -> list[Lane]:
    """Return the lanes of the password of a signed-in person: other sessions do not fill both."""
    account = str(user)
    own = Lane((Bucket("check-session", account, str(session)),))
    return [own, Lane((Bucket("check", account),))]


def key_lanes(actor: UUID, address: str) -> list[Lane]:
    """Return the lanes of a license key: a person's first ones, then by person and address."""
    account, here = str(actor), Bucket("key-address", party=network_of(address))
    return [Lane((Bucket("key-actor", account),)), Lane((Bucket("key", account), here))]


def provider_lanes(connection: UUID, address: str) -> list[Lane]:
    """Return the lane of sign-ins that begin at an identity provider."""
    here = Bucket("provider-address", party=network_of(address))
    return [Lane((here, Bucket("provider", party=str(connection))))]


def domain_lanes(connection: UUID) -> list[Lane]:
    """Return the lane of checks of a company's domains."""
    return [Lane((Bucket("domain-check", party=str(connection)),))]


def log_out_lanes(connection: UUID, address: str) -> list[Lane]:
    """Return the lane of log-out tokens that a provider sends."""
    here = Bucket("provider-address", party=network_of(address))
    return [Lane((here, Bucket("provider-log-out", party=str(connection))))]


def registration_lanes(link: UUID) -> list[Lane]:
    """Return the lane of attempts to register by a mailed link."""
    return [Lane((Bucket("registration", party=str(link)),))]
