"""`/metrics`: for whoever has the token; what is counted, and that processes add up."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import domains
from app.background.services import note_done, note_failure
from app.database import fetch
from app.main import make_app
from app.settings import SettingsError, read_settings
from app.web.metrics import SHARED
from tests.activation.test_emergency_files import make, used
from tests.activation.world import another, machine, place, upload
from tests.conftest import Portal

TOKEN = "0123456789abcdef0123456789abcdef"
USERS = ("first", "further")


def _figures(text: str) -> dict[str, float]:
    """Each sample as `name{label=value}`."""
    return {
        sample.name
        + "".join(f"{{{k}={v}}}" for k, v in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def read_metrics(portal: Portal, token: str = TOKEN) -> httpx.Response:
    """What /metrics answers to a monitoring system with this token."""
    app = make_app(replace(portal.settings, metrics_token=TOKEN.encode()), portal.dsn)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=portal.settings.base_url
    ) as client:
        return await client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


async def test_only_the_token_opens_it(portal: Portal) -> None:
    assert (await read_metrics(portal)).status_code == 200
    assert (await read_metrics(portal, "guess")).status_code == 404
    async with portal.anonymous() as anonymous:
        answer = await anonymous.get("/metrics", headers={"Authorization": "Bearer None"})
    assert answer.status_code == 404, "without a token file there is no such page"


async def test_requests_are_counted_by_route_and_never_by_address(portal: Portal) -> None:
    counted = "portal_http_requests_total{method=GET}{route=/contracts/{number}}{status=4xx}"
    before = _figures((await read_metrics(portal)).text).get(counted, 0)
    async with await portal.signed_in("owner") as owner:
        await owner.get("/contracts/D-2001")
        await owner.get("/no-such-page-anywhere")
    text = (await read_metrics(portal)).text
    figures = _figures(text)
    assert figures[counted] == before + 1
    assert "D-2001" not in text and "no-such-page-anywhere" not in text
    assert figures["portal_http_request_duration_seconds_count{route=/contracts/{number}}"] >= 1


async def test_the_database_tells_queues_sessions_links_and_signing_keys(portal: Portal) -> None:
    await fetch(
        "insert into mail (id, template, state, answer, failures, created_at, due_at, content)"
        " values (gen_random_uuid(), 'invitation', 'queued', '', 2, now() - interval '1 hour',"
        " now(), 'x')"
    )
    await note_done("reminders")
    await note_failure("reminders")
    await note_failure("reminders")
    async with await portal.signed_in("auditor"):
        figures = _figures((await read_metrics(portal)).text)
    assert figures["portal_mails{state=retried}"] == 1
    assert figures["portal_mail_oldest_seconds"] >= 3600
    assert figures["portal_sessions{kind=staff}"] == 1
    assert figures["portal_audit_unlinked"] >= 1
    assert figures["portal_signing_key_end_timestamp_seconds"] > 1.8e9
    assert figures["portal_background_task_failures_total{task=reminders}"] == 2
    assert figures["portal_background_task_done_timestamp_seconds{task=reminders}"] > 1.7e9
    assert figures["portal_database_connections_limit"] == 10


async def test_each_reported_use_of_an_emergency_file_counts_once(portal: Portal) -> None:
    here = await place(portal.settings)
    first, further = (f"portal_emergency_uses_total{{system={each}}}" for each in USERS)
    figures = _figures((await read_metrics(portal)).text)
    assert (figures[first], figures[further]) == (0, 0), "an alert sees them rise from 0"
    jti = await make(here)
    await here.answer(upload(emergencies=used(jti)))
    await here.answer(upload(emergencies=used(jti), prev_seq=1))
    figures = _figures((await read_metrics(portal)).text)
    assert (figures[first], figures[further]) == (1, 0)
    other = await another(here)
    await other.answer(upload(machine("copy"), emergencies=used(jti)))
    text = (await read_metrics(portal)).text
    assert (_figures(text)[first], _figures(text)[further]) == (1, 1)
    assert "D-1001" not in text and jti not in text


def test_every_metric_is_in_the_manual() -> None:
    manual = Path("docs/operations.md").read_text("utf-8")
    names = subprocess.run(
        [
            sys.executable,
            "-c",
            "from app.monitoring.pages import COUNTERS, GAUGES;"
            "from app.database.metrics import own;"
            "import app.web.metrics;"
            "print(*GAUGES, *COUNTERS, *(f.name for f in own.collect()))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert [name for name in names if f"`{name}" not in manual] == []
    assert all(task.name in manual for task in domains.tasks())


def test_processes_of_one_server_add_up(tmp_path: Path) -> None:
    count = "from app.web.metrics import requests_total as r, in_progress as p;"
    count += "r.labels('GET', '/', '2xx').inc(); p.inc()"
    environment = {**os.environ, SHARED: str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count], env=environment, check=True)
    ask = "import sys; from prometheus_client import CollectorRegistry as Nothing;"
    ask += "from app.web.metrics import exposition; sys.stdout.buffer.write(exposition(Nothing()))"
    text = subprocess.run(
        [sys.executable, "-c", ask], env=environment, check=True, capture_output=True, text=True
    ).stdout
    total = "portal_http_requests_total{method=GET}{route=/}{status=2xx}"
    assert _figures(text)[total] == 2
    assert _figures(text)["portal_http_requests_in_progress"] == 0, "the dead have none"


@pytest.mark.parametrize("content", ["short", "two words " * 10])
def test_a_token_that_can_be_guessed_is_no_token(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_text(content)
    with pytest.raises(SettingsError, match="PORTAL_METRICS_TOKEN_FILE"):
        read_settings({"PORTAL_METRICS_TOKEN_FILE": str(file)})
