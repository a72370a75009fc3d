"""The command ``licensed-system``."""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from licensed_system import (
    archives,
    connected,
    emergency_acts,
    files,
    jws,
    metrics,
    origin,
    parts,
    photos,
    platform_identity,
    qr,
    reports,
    root_acts,
    scanning,
    system,
    texts,
)
from licensed_system.arguments import parse_arguments
from licensed_system.calendars import show_time
from licensed_system.fingerprint import Machine, this_machine
from licensed_system.languages import Language, Words, language_of
from licensed_system.look import Look
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.page import serve
from licensed_system.page_server import Served
from licensed_system.portal_calls import Calls
from licensed_system.portal_connection import Connection
from licensed_system.store import Store, read_file, read_trust
from licensed_system.tokens import read_token
from licensed_system.trust import read_roots

REFUSED = 2
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class _Run:
    """One run of the command and what it stands on."""

    options: argparse.Namespace
    language: Language
    clock: Clock
    machine: Callable[[], Machine]
    sleep: Callable[[float], None]

    @property
    def store(self) -> Store:
        return Store(self.options.state, self.options.wait)

    def say(self, words: Words, **facts: object) -> None:
        print(words.say(self.language, **facts), flush=True)

    def say_check_code(self, data: bytes) -> None:
        print(f"{texts.CHECK_CODE.say(self.language)}: {jws.check_code(data)}")


def main(
    arguments: Sequence[str] | None = None,
    *,
    clock: Clock = lambda: datetime.now(UTC),
    machine: Callable[[], Machine] = this_machine,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Run the command and return its exit code; ``arguments`` default to the process's own."""
    _use_utf8()
    options = parse_arguments(arguments, language_of(os.environ))
    run = _Run(options, options.language, clock, machine, sleep)
    try:
        return _ACTS[options.act](run)
    except Refused as refused:
        print(refused.line(run.language), file=sys.stderr)
        return REFUSED


def _init(run: _Run) -> int:
    options = run.options
    trust = read_trust(options.trust)
    platform = platform_identity.choose(options.fingerprint_file)
    system.initialise(run.store, options.name, dict(options.product), trust, run.clock(), platform)
    run.say(texts.INITIALISED, path=options.state)
    return 0


def _request(run: _Run) -> int:
    out: Path | None = run.options.out
    if run.options.qr is not None:
        qr.require()
    if out is None:
        made = system.make_request(run.store, run.machine(), run.clock())
        data = made.file.encode("ascii")
    else:
        data = system.write_request(run.store, out, run.machine(), run.clock())
        run.say(texts.REQUEST_WRITTEN, path=out)
    _show_codes(run, data)
    run.say_check_code(data)
    return 0


def _show_codes(run: _Run, data: bytes) -> None:
    """Draw what ``--qr`` asks for."""
    wanted: Path | None = run.options.qr
    if wanted is None:
        return
    if str(wanted) == "-":
        print(qr.terminal(data))
    else:
        run.say(texts.CODES_WRITTEN, paths=", ".join(map(str, qr.write_pictures(data, wanted))))
    run.say(texts.PHOTOGRAPH_CODES)


def _activate(run: _Run) -> int:
    machine = run.machine()
    if run.options.text is not None or run.options.photo is not None:
        data = _scan(run) if run.options.photo is None else _photographed(run)
        system.apply(run.store, data, machine, run.clock())
    elif run.options.file is None:
        data = _fetch(run, machine)
    else:
        data = read_file(run.options.file, archives.MAX_BYTES)
        data = system.own_file(run.store, data, run.clock())
        system.apply(run.store, data, machine, run.clock())
    run.say(texts.APPLIED)
    run.say_check_code(data)
    report = system.current_status(run.store, machine, run.clock())
    print("\n".join(reports.as_text(report, run.language)))
    return 0


def _scan(run: _Run) -> bytes:
    """The file whose QR codes were scanned into a file or into standard input."""
    named: str = run.options.text
    if named != "-":
        text = read_file(Path(named), scanning.MOST_CHARACTERS).decode("utf-8", "replace")
        return parts.join(text)
    if sys.stdin.isatty():
        run.say(texts.SCAN_CODES)

    def progress(missing: Refused) -> None:
        if sys.stdin.isatty():
            print(missing.message(run.language), flush=True)

    return scanning.read_scanned(sys.stdin, progress)


def _photographed(run: _Run) -> bytes:
    """The file whose QR codes are in photographs; says which of them it could not use."""
    found = photos.read(photos.open_photos(run.options.photo))
    data = photos.join(found)
    for problem in found.problems:
        print(problem.message(run.language))
    return data


def _fetch(run: _Run, machine: Machine) -> bytes:
    """Get an activation file from the portal and apply it."""

    def pause(seconds: float) -> None:
        run.say(texts.TRYING_AGAIN, seconds=math.ceil(seconds))
        run.sleep(seconds)

    options = run.options
    token = read_token(options.token_file)
    connection = Connection(options.portal, options.ca_file)
    portal = Calls(connection, token, run.language, pause)
    return connected.activate(run.store, portal, options.environment, machine, run.clock)


def _emergency(run: _Run) -> int:
    machine = run.machine()
    data = read_file(run.options.file, jws.MAX_BYTES + 1)
    running = emergency_acts.use(run.store, data, machine, run.clock())
    until = reports.show_date(running.last_day)
    run.say(texts.EMERGENCY_APPLIED, slot=running.file.slot, until=until)
    run.say_check_code(data)
    report = system.current_status(run.store, machine, run.clock())
    print("\n".join(reports.as_text(report, run.language)))
    return 0


def _status(run: _Run) -> int:
    report = system.current_status(run.store, run.machine(), run.clock())
    out: Path | None = run.options.out
    if out is None:
        print(_shown(run, report), end="")
    else:
        try:
            files.write_atomically(out, _shown(run, report).encode())
        except OSError as fault:
            raise refuse(Outcome.UNWRITABLE_FILE, path=str(out)) from fault
    return report.status.standing.exit_code


def _shown(run: _Run, report: system.Report) -> str:
    if run.options.openmetrics:
        return metrics.as_openmetrics(report)
    if run.options.json:
        return json.dumps(reports.as_json(report), ensure_ascii=False, indent=2) + "\n"
    return "\n".join([*reports.as_text(report, run.language), ""])


def _return(run: _Run) -> int:
    out: Path = run.options.out
    if run.options.qr is not None:
        qr.require()
    data = system.give_back(run.store, out, run.machine(), run.clock())
    run.say(texts.RETURN_WRITTEN, path=out)
    _show_codes(run, data)
    run.say_check_code(data)
    return 0


def _verify(run: _Run) -> int:
    """Check a downloaded file. With a state folder, keysets older than it has seen are refused."""
    options = run.options
    version = run.store.state().keyset_version if options.state else 0
    roots = read_roots(read_trust(options.trust)) if options.trust else run.store.roots()
    data = read_file(options.manifest, origin.MAX_BYTES + 1)
    manifest = origin.verify_manifest(data, roots, version, options.product)
    origin.verify_content(options.file, manifest)
    at = show_time(manifest.signed_at, "UTC")
    facts = {"name": manifest.name, "version": manifest.version, "at": at}
    run.say(texts.VERIFIED, path=options.file, **facts)
    for each in manifest.products:
        run.say(texts.FOR_PRODUCT, product=each.name.say(run.language), code=each.code)
    if manifest.security_fix:
        run.say(texts.SECURITY_FIX)
    return 0


def _trust_roots(run: _Run) -> int:
    root_acts.extend(run.store, read_trust(run.options.file))
    run.say(texts.ROOTS_TRUSTED)
    return 0


def _serve(run: _Run) -> int:
    def announce(address: str) -> None:
        run.say(texts.SERVING)
        print(address, flush=True)

    options = run.options
    look = Look(options.vendor or "", options.accent or "", options.accent_dark or "")
    served = Served(run.store, run.language, run.clock, run.machine(), look)
    serve(served, options.port, announce)
    return 0


_ACTS: dict[str, Callable[[_Run], int]] = {
    "init": _init,
    "request": _request,
    "activate": _activate,
    "emergency": _emergency,
    "status": _status,
    "return": _return,
    "verify": _verify,
    "trust-roots": _trust_roots,
    "serve": _serve,
}


def _use_utf8() -> None:
    """Write UTF-8 wherever the output goes: a C locale or a Windows pipe has no Japanese."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
