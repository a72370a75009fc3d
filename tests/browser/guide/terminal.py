"""A terminal in a film: the real command, run in a folder, and what it answers."""

import contextlib
import io
from pathlib import Path

from licensed_system.command import main
from tests.browser.guide.recorder import CHUNK_MS, CHUNKS, HEIGHT, WIDTH, Recorder

PAGE = """<!doctype html><title>terminal</title><style>
body { margin: 0; background: #1e1e1e; color: #e6e6e6; }
pre { margin: 0; padding: 24px; font: 17px/1.7 monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; }
</style><pre></pre>"""
PROMPT = "$ "
# Where the window is too narrow for a command.
LINE = " \\\n    --manifest"


class Terminal:
    """A window in which commands of `licensed-system` are typed.

    Attributes:
        folder: where they are run.
    """

    def __init__(self, film: Recorder, folder: Path) -> None:
        self.film, self.folder, self.shown = film, folder, ""

    async def open(self) -> None:
        """Turn the film to an empty window."""
        await self.film.turn_to(await self.film.camera.visitor())
        await self.film.page.set_content(PAGE)
        self.film.at = (WIDTH - 60, HEIGHT - 60)
        await self._show(PROMPT)
        await self.film.hold()

    async def run(self, *arguments: str, look: int) -> int:
        """Type a command, run it and look at its answer for so long; its exit code."""
        command = " ".join(["licensed-system", *arguments]).replace(" --manifest", LINE)
        for part in range(1, CHUNKS + 1):
            await self._show(PROMPT + command[: len(command) * part // CHUNKS])
            await self.film.hold(CHUNK_MS)
        answer = io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(answer),
            contextlib.redirect_stderr(answer),
        ):
            code = main(["--language", self.film.camera.language, *arguments])
        await self._show(f"{PROMPT}{command}\n{answer.getvalue()}\n{PROMPT}", kept=True)
        await self.film.hold(look)
        return code

    async def _show(self, text: str, *, kept: bool = False) -> None:
        await self.film.page.locator("pre").evaluate(
            "(e, text) => { e.textContent = text }", self.shown + text
        )
        if kept:
            self.shown += text.removesuffix(PROMPT)
