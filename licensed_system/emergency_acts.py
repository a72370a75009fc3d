"""Use an emergency file: checked and noted under the lock of the folder, once for each file."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from licensed_system import emergency, jws, system
from licensed_system.claims import Emergency
from licensed_system.emergency import EmergencyHolder, Running
from licensed_system.fingerprint import Machine
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.state import State, UsedEmergency, whole_second
from licensed_system.status import Standing
from licensed_system.store import Store


def is_emergency_file(data: bytes) -> bool:
    """Whether a file says that it is an emergency file; nothing of it is verified."""
    try:
        return jws.parse_file(data).first.header.get("typ") == emergency.TYPE
    except Refused:
        return False


def check(store: Store, data: bytes, machine: Machine, now: datetime) -> Emergency:
    """The emergency file in ``data`` if it could be used now; changes nothing."""
    with store.locked():
        return _verified(store, store.state(), data, machine, now)[0]


def use(store: Store, data: bytes, machine: Machine, now: datetime) -> Running:
    """Run the system on the emergency file ``data``; the days begin now."""
    with store.locked():
        state = store.state()
        file, version = _verified(store, state, data, machine, now)
        first = max(whole_second(now), state.latest_seen)
        used = UsedEmergency(file.jti, first, read_at=whole_second(now))
        before = state.without_emergency(now)
        store.save(
            dataclasses.replace(
                before,
                keyset_version=max(state.keyset_version, version),
                emergency=jws.without_newline(data).decode("ascii"),
                emergencies=(*before.emergencies, used),
            ).seen(now)
        )
        return Running(file, first)


def _verified(
    store: Store, state: State, data: bytes, machine: Machine, now: datetime
) -> tuple[Emergency, int]:
    holder = EmergencyHolder(
        roots=store.roots(),
        keyset_version=state.keyset_version,
        applied=state.activation.encode() if state.activation else None,
        used={each.jti: each.first_used_at for each in state.emergencies},
        latest_seen=state.latest_seen,
    )
    found = emergency.verify(data, holder, now)
    # What is licensed is not made worse, and keeps its emergency file for the night it is needed.
    if system.judged(store, state, machine, now).status.standing is Standing.LICENSED:
        raise refuse(Outcome.STILL_LICENSED)
    return found
