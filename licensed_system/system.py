"""What a licensed system does: initialise, ask, activate, give back, say how it stands.

Every act holds the folder's lock. A refused act raises ``Refused`` and leaves the folder as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licensed_system import (
    activation,
    archives,
    emergency,
    files,
    fingerprint,
    jws,
    keys,
    platform_identity,
    recognition,
    request,
    status,
)
from licensed_system.activation import Holder, Signed
from licensed_system.claims import Activation
from licensed_system.emergency import Running
from licensed_system.fingerprint import Machine
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.platform_identity import machine_of
from licensed_system.request import Purpose
from licensed_system.state import OpenRequest, State, whole_second
from licensed_system.status import Remembered, Status
from licensed_system.store import Store

# Status may be asked many times a minute; the latest time seen needs no such precision, and flash
# memory wears.
_NOTE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Report:
    """The status and what it is about; a file is ``None`` where no such file is in use.

    ``missing`` is where the platform's identity could not be read.
    """

    status: Status
    state: State
    activation: Activation | None
    emergency: Running | None
    checked_at: datetime
    missing: str = ""


def initialise(
    store: Store,
    name: str,
    products: Mapping[str, str],
    trust: bytes,
    now: datetime,
    platform: str | None = None,
) -> None:
    """Make the state folder with a new key. ``trust`` is PEM; ``products`` maps code to version;
    ``platform`` is where the platform's identity is read."""
    first = State(
        name=name,
        products=dict(products),
        fp_salt=fingerprint.new_salt(),
        latest_seen=whole_second(now),
        platform=platform,
    )
    store.create(first, Ed25519PrivateKey.generate(), trust)


def make_request(store: Store, machine: Machine, now: datetime) -> OpenRequest:
    """A new activation request; its nonce is stored before anyone can see it."""
    with store.locked():
        state = store.state()
        machine = platform_identity.require(machine_of(state.platform, machine))
        made = request.make(Purpose.ACTIVATE, state, store.private_key(), machine, now)
        store.save(state.with_request(made).seen(now))
        return made


def write_request(store: Store, out: Path, machine: Machine, now: datetime) -> bytes:
    """A new activation request in the file ``out``; returns its bytes."""
    with store.locked():
        state = store.state()
        machine = platform_identity.require(machine_of(state.platform, machine))
        made = request.make(Purpose.ACTIVATE, state, store.private_key(), machine, now)
        return _write_out(store, state.with_request(made).seen(now), out, made)


def check(store: Store, data: bytes, machine: Machine, now: datetime) -> Activation:
    """The activation in ``data`` if it could be applied now; changes nothing."""
    with store.locked():
        return _verified(store, store.state(), data, machine, now).activation


def own_file(store: Store, data: bytes, now: datetime) -> bytes:
    """The file of this system in the archive ``data``; ``data`` itself where it is no archive."""
    if not archives.is_archive(data):
        return data
    with store.locked():
        return archives.own_file(data, _jkt(store), store.state().open_nonces(now))


def apply(store: Store, data: bytes, machine: Machine, now: datetime) -> Activation:
    """Apply the activation file ``data``; the latest time seen starts over at its ``iat``."""
    with store.locked():
        state = store.state()
        signed = _verified(store, state, data, machine, now)
        applied = signed.activation
        store.save(
            dataclasses.replace(
                state.without_emergency(now),
                requests=tuple(r for r in state.requests if r.nonce != applied.nonce),
                seq=applied.seq,
                jti=applied.jti,
                keyset_version=signed.keyset_version,
                activation=jws.without_newline(data).decode("ascii"),
                applied_at=whole_second(now),
                returned_at=None,
                latest_seen=applied.issued_at,
                clock_behind_since=None,
                moved_since=None,
            )
        )
        return applied


def give_back(store: Store, out: Path, machine: Machine, now: datetime) -> bytes:
    """Stop using the activation and write the return request to ``out``; returns its bytes.

    Open requests are forgotten, or an answer fetched earlier would outlive the return. Asked again,
    another return request is made, since the first may have been lost.
    """
    with store.locked():
        state = store.state()
        if state.seq == 0:
            raise refuse(Outcome.NOT_ACTIVATED)
        machine = platform_identity.require(machine_of(state.platform, machine))
        made = request.make(Purpose.RETURN, state, store.private_key(), machine, now)
        stopped = dataclasses.replace(
            state.without_emergency(now),
            activation=None,
            requests=(),
            returned_at=whole_second(now),
            moved_since=None,
        )
        return _write_out(store, stopped.seen(now), out, made)


def current_status(store: Store, machine: Machine, now: datetime) -> Report:
    """How the system stands at ``now``; notes the time it saw."""
    with store.locked():
        state = store.state()
        report = judged(store, state, machine, now)
        with suppress(Refused):  # a full disk must not stop a licensed system
            _note(store, state, report.status, now)
        return report


def judged(store: Store, state: State, machine: Machine, now: datetime) -> Report:
    """How the system stands at ``now``; the caller holds the lock."""
    current, running = _current(store, state), _running(store, state.seen(now))
    machine = machine_of(state.platform, machine)
    known = Remembered(
        current, state.returned_at is not None, tuple(state.products), state.latest_seen,
        state.clock_behind_since, state.moved_since, running,
    )  # fmt: skip
    answer = status.judge(known, machine.components, now)
    return Report(answer, state, current, running, whole_second(now), machine.missing)


def _verified(store: Store, state: State, data: bytes, machine: Machine, now: datetime) -> Signed:
    machine = machine_of(state.platform, machine)
    holder = Holder(
        roots=store.roots(),
        jkt=_jkt(store),
        keyset_version=state.keyset_version,
        seq=state.seq,
        nonces=state.open_nonces(now),
        components=machine.components,
    )
    try:
        return activation.verify(data, holder, now)
    except Refused as refused:
        explained = platform_identity.explained(refused, machine)
        raise recognition.explained(explained, data) from refused


def _current(store: Store, state: State) -> Activation | None:
    """The activation in use, verified again, so that an edited state licenses nothing."""
    if state.activation is None:
        return None
    try:
        current = activation.verify_signature(state.activation.encode(), store.roots()).activation
    except Refused as refused:
        raise refuse(Outcome.DAMAGED_STATE, path=str(store.folder)) from refused
    if current.jkt != _jkt(store):
        raise refuse(Outcome.DAMAGED_STATE, path=str(store.folder))
    return current


def _running(store: Store, state: State) -> Running | None:
    """The emergency file in use, verified again as an activation is."""
    if state.emergency is None:
        return None
    try:
        file, _ = emergency.verify_signature(state.emergency.encode(), store.roots())
        used = next(each for each in state.emergencies if each.jti == file.jti)
    except (Refused, StopIteration) as fault:
        raise refuse(Outcome.DAMAGED_STATE, path=str(store.folder)) from fault
    return Running(file, used.first_used_at, timedelta(seconds=used.repeated))


def _note(store: Store, state: State, answer: Status, now: datetime) -> None:
    noted = dataclasses.replace(
        state.seen(now),
        clock_behind_since=_seconds(answer.clock.behind_since),
        moved_since=_seconds(answer.moved_since),
    )
    unmoved = dataclasses.replace(
        noted, latest_seen=state.latest_seen, emergencies=state.emergencies
    )
    if unmoved != state or _moved_on(state, noted):
        store.save(noted)


def _moved_on(state: State, noted: State) -> bool:
    """Whether the clock moved forward by a minute, or back while an emergency file is in use."""
    if noted.latest_seen - state.latest_seen >= _NOTE_EVERY:
        return True
    for before, after in zip(state.emergencies, noted.emergencies, strict=True):
        if after.read_at is None or after == before:
            continue
        if before.read_at is None or not _is_short(after.read_at - before.read_at):
            return True
    return False


def _is_short(step: timedelta) -> bool:
    return timedelta(0) <= step < _NOTE_EVERY


def _seconds(moment: datetime | None) -> datetime | None:
    return None if moment is None else whole_second(moment)


def _jkt(store: Store) -> str:
    return keys.thumbprint(store.private_key().public_key())


def _write_out(store: Store, new: State, out: Path, made: OpenRequest) -> bytes:
    """The state first, then the file: a file without its nonce could never be answered."""
    data = made.file.encode("ascii") + b"\n"
    try:
        files.prepare(out, data)
        store.save(new)
        files.commit(out)
    except OSError as fault:
        raise refuse(Outcome.UNWRITABLE_FILE, path=str(out)) from fault
    return data
