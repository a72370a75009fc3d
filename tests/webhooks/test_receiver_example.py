"""The receiver in docs/integrations.md verifies, and handles each event once."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app import clock
from app.webhooks.signature_rules import make_secret, signature
from tests.conventions.sources import PROJECT
from tests.database.portals import until
from tests.servers import free_port, listens
from tests.webhooks.payload_page import PAGE, written

PROGRAM = re.compile(r"^   ```python\n(.*?)^   ```$", re.DOTALL | re.MULTILINE)


def program(page: str) -> str:
    """The program in a page of the documents."""
    found = PROGRAM.search((PROJECT / "docs" / page).read_text("utf-8"))
    assert found is not None
    return textwrap.dedent(found[1])


@pytest.fixture
def secret() -> str:
    return make_secret()


@pytest.fixture
def receiver(secret: str, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address and output of the program, while it runs."""
    port = free_port()
    environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", program("integrations.md")], env=environment, stdout=file
        )
        try:
            until(lambda: listens(port), 30)
            yield f"http://127.0.0.1:{port}/", output
        finally:
            process.kill()
            process.wait()


def test_the_example_takes_what_is_signed_once_and_nothing_else(
    receiver: tuple[str, Path], secret: str
) -> None:
    address, output = receiver
    now, body = int(clock.now().timestamp()), '{"type":"webhook.test","data":{"name":"本番"}}'
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(now),
        "webhook-signature": signature([secret, make_secret()], "1", now, body),
    }
    for _ in range(2):
        assert httpx.post(address, content=body, headers=headers).status_code == 204
    for wrong in (
        {**headers, "webhook-signature": signature([make_secret()], "1", now, body)},
        {**headers, "webhook-id": "2"},
        {**headers, "webhook-timestamp": str(now - 3600)},
        {},
    ):
        assert httpx.post(address, content=body, headers=wrong).status_code == 400
    assert output.read_text("utf-8").splitlines() == ['webhook.test {"name": "\\u672c\\u756a"}']


def test_both_languages_have_the_same_program() -> None:
    assert program("integrations.md") == program("ja/integrations.md")


def test_the_page_about_the_format_is_current() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page), "run python -m tests.webhooks.payload_page"
