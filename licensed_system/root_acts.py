"""Trust further roots: the way of a system in use to hybrid signatures."""

from __future__ import annotations

from licensed_system import activation, emergency
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.state import State
from licensed_system.store import Store
from licensed_system.trust import Roots, read_roots


def extend(store: Store, trust: bytes) -> None:
    """Pin the roots in ``trust`` (PEM), which must include those that are pinned.

    Raises ``roots-missing`` where they do not, and ``not-signed-by-roots`` where the files in use
    would no longer be believed: a licensed system must not stop by this.
    """
    new = read_roots(trust)
    with store.locked():
        old = store.roots()
        if old.ed25519.keys() - new.ed25519 or old.ml_dsa.keys() - new.ml_dsa:
            raise refuse(Outcome.ROOTS_MISSING)
        _require_files_in_use(store.state(), new)
        store.save_roots(new)


def _require_files_in_use(state: State, roots: Roots) -> None:
    try:
        if state.activation is not None:
            activation.verify_signature(state.activation.encode(), roots)
        if state.emergency is not None:
            emergency.verify_signature(state.emergency.encode(), roots)
    except Refused as refused:
        raise refuse(Outcome.NOT_SIGNED_BY_ROOTS) from refused
