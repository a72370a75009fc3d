"""Bytes and requests stay within what quality asks for; they are the same on every machine."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from benchmarks.byte_rows import measure
from tests.browser.site import serve
from tests.conftest import Stage


@pytest.mark.asyncio(loop_scope="session")
async def test_every_budget_of_bytes_and_requests_is_kept(
    stage: Stage, world: str, chromium: Browser, tmp_path: Path
) -> None:
    async with serve(stage, world) as site:
        rows = await measure(site, chromium, tmp_path)
    missed = [f"{r.name}: {r.measured}, {r.requests} requests" for r in rows if not r.reached]
    assert not missed
    assert len(rows) >= 12
