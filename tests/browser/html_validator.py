"""html-validate as a process that stays: one page in, its faults out."""

import asyncio
import json
from pathlib import Path

from tests.missing import NODE, node_tool

PROGRAM = Path(__file__).parent / "validate.mjs"
LONGEST_LINE = 4 * 1024 * 1024


class HtmlValidator:
    """Checks whole pages; fragments are put into a page first."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._known: set[str] = set()

    @classmethod
    async def start(cls) -> "HtmlValidator":
        """Start it; a test fails where its tools are not installed."""
        folder = node_tool("html-validate")
        process = await asyncio.create_subprocess_exec(
            str(NODE),
            str(PROGRAM),
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        return cls(process)

    async def faults(self, html: str) -> list[str]:
        """What is wrong with a page; one that was looked at before is not looked at again."""
        if html in self._known:
            return []
        self._known.add(html)
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps(whole_page(html)).encode() + b"\n")
        await stdin.drain()
        found: list[str] = json.loads(await stdout.readline())
        return found

    async def stop(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


def whole_page(html: str) -> str:
    """A fragment begins with its title and goes into the main part of a page; a piece has none."""
    if html.lower().startswith("<!doctype"):
        return html
    title, rest = "<title>–</title>", f"<h1>–</h1>{html}"
    if html.startswith("<title>"):
        title, _, rest = html.partition("\n")
    return (
        f'<!DOCTYPE html>\n<html lang="ja">\n<head>\n{title}\n</head>\n<body>\n'
        f"{rest.replace(' data-hx-swap-oob', ' data-oob')}</body>\n</html>\n"
    )
