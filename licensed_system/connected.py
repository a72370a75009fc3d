"""Activating by way of the portal, for machines that reach it: ask, send, fetch, apply."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import quote

from licensed_system import system
from licensed_system.claims import member, number, text
from licensed_system.fingerprint import Machine
from licensed_system.jws import Json
from licensed_system.outcomes import Outcome, refuse
from licensed_system.portal_calls import Calls
from licensed_system.store import Store

MOST_PAGES = 100
MOST_NAMED = 20


def activate(
    store: Store,
    portal: Calls,
    environment: str,
    machine: Machine,
    clock: Callable[[], datetime],
) -> bytes:
    """Have the portal answer a new request for ``environment``, and apply the answer; returns it.

    Nothing holds the folder while the portal is asked. The environment is looked up first, since
    each request pushes out the oldest of those that a carried file may still answer.
    """
    store.require()
    path = f"{_place(portal, environment)}/activations"
    request = system.make_request(store, machine, clock())
    issued = portal.post_file(path, request.file.encode("ascii"), key=request.jti)
    try:
        data = portal.get_file(f"{path}/{number(issued, 'number')}/file")
    except ValueError as fault:
        raise portal.unreadable(str(fault)) from fault
    system.apply(store, data, machine, clock())
    return data


def _place(portal: Calls, wanted: str) -> str:
    """The path of the environment with this name. Raises ``unknown-environment``."""
    names = []
    try:
        for found in _environments(portal):
            name = text(found, "name")
            if _same(name) == _same(wanted):
                return f"/environments/{quote(text(found, 'id'), safe='')}"
            names.append(name)
        contract = text(portal.get("/contract"), "number")
    except ValueError as fault:
        raise portal.unreadable(str(fault)) from fault
    known = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    raise refuse(Outcome.UNKNOWN_ENVIRONMENT, name=wanted, contract=contract, known=known or "–")


def _environments(portal: Calls) -> Iterator[Json]:
    """All environments in use, page by page."""
    query = ""
    for _ in range(MOST_PAGES):
        page = portal.get(f"/environments?limit=100{query}")
        for found in member(page, "items", list):
            if not isinstance(found, dict):
                raise ValueError("an environment is not an object")
            yield found
        if page.get("next") is None:
            return
        query = f"&cursor={quote(text(page, 'next'), safe='')}"


def _same(name: str) -> str:
    """The name as it is compared: terminals and scripts may compose kana and accents otherwise."""
    return unicodedata.normalize("NFC", name).strip()
