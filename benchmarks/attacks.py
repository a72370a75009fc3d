"""Real attack tools against the portal, on loopback: wapiti, sqlmap and slowhttptest.

    python -m benchmarks.attacks
    python -m benchmarks.attacks --only wapiti --minutes 20

wapiti and sqlmap walk the portal as the owner of the demo's first contract, and as one of the
vendor's staff, and attack each address and form that they find. slowhttptest holds hundreds of
slow connections open in three ways, while somebody else opens pages. Each runs on a portal of its
own, for a bounded time. The tools are Debian's; their reports are kept in build/prove/attacks/.
Exits with 1 where a tool found something, or the portal logged an error.
"""

import argparse
import asyncio
import csv
import json
import re
import shutil
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import httpx

from benchmarks.demo_server import SIGNED_IN, Demo, serving_demo
from benchmarks.figures import Figure, none_of, show
from tests.servers import PROJECT

KEPT = PROJECT / "build" / "prove" / "attacks"
# What ends the session that the tools use.
NOT_ASKED = ("/logout", "/profile/sessions", "/profile/withdrawal", "/profile/data")
# Not csrf, which looks for tokens in forms: other sites are refused by their headers, as
# tests/web/test_cross_site.py shows. Not ssrf and xxe, which ask a server on the internet.
MODULES = (
    "blindsql,cookieflags,crlf,csp,exec,file,htaccess,http_headers,methods,"
    "permanentxss,redirect,shellshock,sql,xss"
)
# Headers that it misses: frame-ancestors says the first to every browser of today, none of them
# has the second any more, and the third is for https (tests/outside_demo has it).
ANSWERED = ("X-Frame-Options", "X-XSS-Protection", "Strict-Transport-Security")
# Debian 12's wapiti 3.0.4 writes a regular expression for --exclude that its Python 3.11 refuses.
WAPITI = """
import fnmatch, re
from wapitiCore.main import wapiti
from wapitiCore.net import crawler
crawler.wildcard_translate = lambda pattern: re.compile(fnmatch.translate(pattern))
wapiti.wapiti_main()
"""
STATUS = re.compile(r'"status": (\d+)')
WALKED = re.compile(r"Wapiti found (\d+) URLs and forms")
CONNECTIONS = 500
PAGE = "/contracts/D-1001/environments"
GOAL = 2.0


def start_of(person: str) -> str:
    """Where a walk begins."""
    return "/staff" if person == "staff" else "/contracts/D-1001"


def run(command: list[str], name: str, seconds: float) -> None:
    """Run a tool and keep what it prints; one that takes longer is ended."""
    assert shutil.which(command[0]), f"there is no {command[0]}"
    with (KEPT / f"{name}.txt").open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(30)


@contextmanager
def attacked(tool: str) -> Iterator[tuple[Demo, list[Figure]]]:
    """A portal of its own; afterwards a figure of what it logged."""
    figures: list[Figure] = []
    with serving_demo() as demo:
        yield demo, figures
        lines = list(demo.server.lines)
    statuses = Counter(
        int(status[1]) for line in lines if '"request"' in line and (status := STATUS.search(line))
    )
    print(f"{tool}: answers by status {dict(statuses.most_common())}")
    errors = [line for line in lines if '"level": "error"' in line]
    (KEPT / f"{tool}-errors.txt").write_text("".join(errors), encoding="utf-8")
    figures.append(none_of(f"{tool}: server errors", len(errors), statuses.total(), "requests"))


def wapiti(minutes: float) -> list[Figure]:
    """Everything that wapiti knows, by both people."""
    with attacked("wapiti") as (demo, figures):
        for person in SIGNED_IN:
            report = KEPT / f"wapiti-{person}.json"
            report.unlink(missing_ok=True)
            seconds = minutes * 60 / len(SIGNED_IN)
            excluded = [f"http://{demo.address}{path}*" for path in NOT_ASKED]
            command = ["/usr/bin/python3", "-c", WAPITI, "--url", f"http://{demo.address}/"]
            command += ["--start", f"http://{demo.address}{start_of(person)}"]
            command += ["--header", f"Cookie: {demo.cookies[person]}", "--scope", "folder"]
            # It asks for brotli and cannot read it.
            command += ["--header", "Accept-Encoding: identity"]
            command += ["--module", MODULES, "--flush-session", "--no-bugreport"]
            command += ["--max-scan-time", f"{seconds / 4:.0f}", "--format", "json"]
            each = seconds * 3 / 4 / (MODULES.count(",") + 1)
            command += ["--max-attack-time", f"{each:.0f}"]
            command += ["--output", str(report), "--verbose", "1", "--depth", "6"]
            command += [part for address in excluded for part in ("--exclude", address)]
            run(command, f"wapiti-{person}", seconds * 2 + 60)
            found = json.loads(report.read_text(encoding="utf-8"))
            faults = [
                f"{kind}: {each['method']} {each['path']} {each['info']}"
                for part in ("vulnerabilities", "anomalies")
                for kind, every in found[part].items()
                for each in every
                if not each["info"].startswith(ANSWERED)
            ]
            print(*faults, sep="\n")
            what = f"wapiti, signed in as {person}: findings"
            output = (KEPT / f"wapiti-{person}.txt").read_text(encoding="utf-8")
            found_pages = int(WALKED.findall(output)[-1])
            figures.append(none_of(what, len(faults), found_pages, "addresses and forms"))
    return figures


def injectable(person: str) -> Figure:
    """What sqlmap's reports say.

    It tries again what it takes for injectable, and says where it was wrong: guesses of license
    keys are answered otherwise once they are slowed down.
    """
    report = KEPT / f"sqlmap-{person}.csv"
    output = (KEPT / f"sqlmap-{person}.txt").read_text(encoding="utf-8")
    tried = output.count("testing for SQL injection on ")
    rows = list(csv.reader(report.open(encoding="utf-8")))[1:] if report.exists() else []
    taken = [row for row in rows if len(row) > 3 and row[2].strip()]
    print(*taken, sep="\n")
    found = [row for row in taken if "false positive" not in row[-1]]
    wrong = len(taken) - len(found)
    more = f"{wrong} that it took back" if wrong else ""
    what = f"sqlmap, signed in as {person}: injectable parameters"
    return none_of(what, len(found), tried, "parameters", more=more)


def sqlmap(minutes: float) -> list[Figure]:
    """Every form and address that sqlmap finds, by both people."""
    with attacked("sqlmap") as (demo, figures):
        for person in SIGNED_IN:
            report = KEPT / f"sqlmap-{person}.csv"
            report.unlink(missing_ok=True)
            command = ["sqlmap", "--url", f"http://{demo.address}{start_of(person)}"]
            command += ["--cookie", demo.cookies[person], "--crawl", "3", "--forms", "--batch"]
            command += ["--crawl-exclude", "|".join(NOT_ASKED), "--dbms", "PostgreSQL"]
            command += ["--level", "2", "--risk", "2", "--technique", "BEUSQ", "--threads", "4"]
            command += ["--output-dir", str(KEPT / f"sqlmap-{person}"), "--flush-session"]
            command += ["--results-file", str(report), "--disable-coloring", "--ignore-code", "*"]
            run(command, f"sqlmap-{person}", minutes * 60 / len(SIGNED_IN))
            figures.append(injectable(person))
    return figures


async def slow_tool(demo: Demo, way: str, seconds: float) -> None:
    """slowhttptest, which opens its connections and watches them."""
    command = ["slowhttptest", way, "-c", str(CONNECTIONS), "-r", "200", "-i", "5", "-x", "20"]
    command += ["-l", f"{seconds:.0f}", "-u", f"http://{demo.address}{PAGE}", "-k", "10"]
    command += ["-p", "3", "-j", demo.cookie]
    with (KEPT / f"slowhttptest{way}.txt").open("w", encoding="utf-8") as file:
        tool = await asyncio.create_subprocess_exec(*command, stdout=file, stderr=file)
        await tool.wait()


async def slow_bodies(demo: Demo, seconds: float) -> None:
    """Forms of which a byte comes every few seconds.

    slowhttptest has them too, but with a Referer of its own, so that they are refused at once.
    """
    host, _, port = demo.address.partition(":")
    head = (
        f"POST /login HTTP/1.1\r\nHost: {demo.address}\r\nContent-Length: 4000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    end = time.monotonic() + seconds

    async def drip() -> None:
        while time.monotonic() < end:
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(head.encode())
            ended = asyncio.create_task(reader.read())
            while not ended.done() and time.monotonic() < end:
                writer.write(b"x")
                await asyncio.wait([ended], timeout=5)
            ended.cancel()
            writer.close()

    await asyncio.gather(*(drip() for _ in range(CONNECTIONS)), return_exceptions=True)


async def pages_beside(demo: Demo, attack: Awaitable[None]) -> list[float]:
    """Milliseconds of pages that somebody opens, one after the other, while the attack lasts."""
    taken: list[float] = []
    attacking = asyncio.ensure_future(attack)
    headers = {"Cookie": demo.cookie}
    async with httpx.AsyncClient(base_url=f"http://{demo.address}", headers=headers) as client:
        while not attacking.done():
            begun = time.perf_counter()
            answer = await client.get(PAGE)
            taken.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer.status_code
    await attacking
    return taken


def slowhttptest(minutes: float) -> list[Figure]:
    """Slow connections, and what somebody else notices of them."""
    seconds = minutes * 60 / (len(SLOW) + 1)
    with attacked("slowhttptest") as (demo, figures):
        idle = asyncio.run(pages_beside(demo, asyncio.sleep(seconds)))
        before = statistics.quantiles(idle, n=100)[-1]
        for name, attack in SLOW.items():
            beside = asyncio.run(pages_beside(demo, attack(demo, seconds)))
            after = statistics.quantiles(beside, n=100)[-1]
            figures.append(
                Figure(
                    f"p99 of a page beside {CONNECTIONS} {name}, against idle",
                    f"≤ {GOAL:g} ×",
                    f"{after / before:.2f} × ({after:.0f} ms, {before:.0f} ms)",
                    f"{len(beside):,} pages, none refused",
                    after <= GOAL * before,
                )
            )
    return figures


SLOW: dict[str, Callable[[Demo, float], Awaitable[None]]] = {
    "slow heads": lambda demo, seconds: slow_tool(demo, "-H", seconds),
    "slow bodies": slow_bodies,
    "slow readers": lambda demo, seconds: slow_tool(demo, "-X", seconds),
}
TOOLS = {"wapiti": wapiti, "sqlmap": sqlmap, "slowhttptest": slowhttptest}


def main() -> int:
    """Attack and print; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=TOOLS)
    parser.add_argument("--minutes", type=float, default=4, help="of each tool, at most")
    options = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    for name, attack in TOOLS.items():
        if options.only in {None, name}:
            figures += attack(options.minutes)
    show(*figures)
    return 0 if all(figure.reached for figure in figures if figure.goal == "0") else 1


if __name__ == "__main__":
    raise SystemExit(main())
