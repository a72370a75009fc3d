"""The identity that a platform gives: containers and cloned machines have no hardware of their own.

It takes the place of all measured components, as the one component ``platform``. ``init`` notes
where it is read: in a file, or in the variable ``LICENSED_SYSTEM_FINGERPRINT``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from licensed_system.fingerprint import Machine
from licensed_system.languages import Words
from licensed_system.outcomes import Outcome, Refused, refuse

VARIABLE = "LICENSED_SYSTEM_FINGERPRINT"
COMPONENT = "platform"
LEAST, MOST = 8, 1024
# An id of zeros or spaces is what a platform gives that has none.
LEAST_DIFFERENT = 4
MISSING = Words(
    "プラットフォームの識別情報（{path}）を読み取れません。元に戻すまで、"
    "別の機器で動いているものとして扱います。",
    "The identity from the platform ({path}) cannot be read. Until it is back, the system counts "
    "as running on another machine.",
)


def choose(file: Path | None, environment: Mapping[str, str] | None = None) -> str | None:
    """Where ``init`` notes that the identity is read; ``None`` where none was given.

    Raises ``Refused``: ``no-fingerprint`` for an identity that cannot be read or is of no use.
    """
    if file is not None:
        source = str(file.absolute())
    elif (os.environ if environment is None else environment).get(VARIABLE):
        source = VARIABLE
    else:
        return None
    if read(source, environment) is None:
        raise refuse(Outcome.NO_FINGERPRINT, path=source)
    return source


def read(source: str, environment: Mapping[str, str] | None = None) -> str | None:
    """The identity, without the space around it; ``None`` for one that is not there or empty."""
    if source == VARIABLE:
        found = (os.environ if environment is None else environment).get(VARIABLE, "").strip()
    else:
        try:
            with Path(source).open("rb") as file:
                found = file.read(MOST + 1).decode().strip()
        except (OSError, ValueError):
            return None
    try:
        found.encode()
    except UnicodeEncodeError:  # a variable of the environment may hold bytes that are no UTF-8
        return None
    usable = LEAST <= len(found) <= MOST and len(set(found)) >= LEAST_DIFFERENT
    return found if usable else None


def machine_of(source: str | None, machine: Machine) -> Machine:
    """``machine`` with the identity from ``source`` in place of what was measured."""
    if source is None:
        return machine
    identity = read(source)
    if identity is None:
        return replace(machine, components={}, missing=source)
    return replace(machine, components={COMPONENT: identity})


def require(machine: Machine) -> Machine:
    """``machine``; raises ``no-fingerprint`` where its identity cannot be read."""
    if machine.missing:
        raise refuse(Outcome.NO_FINGERPRINT, path=machine.missing)
    return machine


def explained(refused: Refused, machine: Machine) -> Refused:
    """The same refusal; a machine that does not match says so where its identity is missing."""
    if refused.outcome is not Outcome.FINGERPRINT_MISMATCH or not machine.missing:
        return refused
    return Refused(refused.outcome, {"path": machine.missing}, MISSING)
