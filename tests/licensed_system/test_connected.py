"""`activate --portal`: one command, against a real portal and with a real service account."""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.contracts.rules import ServiceRole
from app.database import fetch, fetch_value
from app.service_accounts.services import revoke_account
from app.web.http.asgi import App
from licensed_system.portal_calls import PATIENCE
from tests.activation.world import another, place
from tests.conftest import Portal, Stage
from tests.environments.steps import names
from tests.licensed_system.issuer import Issuer
from tests.licensed_system.plant import MACHINE
from tests.licensed_system.reachable import Front, NearSystem, answering, served
from tests.outside_demo.proxy import HOST, make_certificate
from tests.people.post import user_id
from tests.relay import pump
from tests.servers import PROJECT, Server
from tests.service_accounts.steps import contract_id, made_token

Capture = pytest.CaptureFixture[str]
LINE = "製造ライン1"


@pytest.fixture
async def front(portal: Portal) -> Front:
    """The portal behind its proxy; D-1001 has one server allocated to the line."""
    await another(await place(portal.settings), LINE)
    return Front(portal.app)


@pytest.fixture
async def system(portal: Portal, front: Front, tmp_path: Path) -> AsyncIterator[NearSystem]:
    """A system that was never activated, with the token of an account that may operate."""
    root = portal.settings.data_dir / "trust" / "root.pem"
    async with served(front) as port:
        made = NearSystem(tmp_path, root, f"http://127.0.0.1:{port}")
        made.keep((await made_token(portal))[1])
        yield made


async def _issued() -> int:
    count: int = await fetch_value(
        "select count(*) from activation a join environment e on e.id = a.environment"
        " where e.name = $1",
        LINE,
    )
    return count


async def _refused(system: NearSystem, capsys: Capture, *more: str) -> str:
    """The line of a refusal that must leave the system without a new activation."""
    capsys.readouterr()
    before = system.store.state().seq
    assert await system.fetch(*(more or (LINE,))) == 2
    shown = capsys.readouterr()
    token = system.token_file.read_text("utf-8").strip() if system.token_file.exists() else "lp1_"
    assert token not in shown.out + shown.err and not system.holds(token)
    assert shown.err.count("\n") == 1 and system.store.state().seq == before
    return shown.err


async def test_one_command_activates_and_a_second_one_activates_again(
    system: NearSystem, front: Front, capsys: Capture
) -> None:
    assert await system.fetch() == 0
    shown = capsys.readouterr().out
    assert "The activation has been applied." in shown and LINE in shown
    assert system.status(capsys) == (0, {"PLATFORM": 1})
    assert await system.fetch() == 0
    assert system.store.state().seq == await _issued() == 2
    assert len(set(front.keys())) == 2 and system.pauses == []
    assert system.status(capsys) == (0, {"PLATFORM": 1})
    rows = await fetch("select downloaded_at is not null as fetched from activation where seq < 3")
    assert all(row["fetched"] for row in rows)
    assert not system.holds(system.token_file.read_text("utf-8").strip())


@pytest.mark.parametrize("page", ["docs/integrations.md", "docs/ja/integrations.md"])
async def test_the_commands_of_the_documents_activate_a_build_server(
    system: NearSystem, portal: Portal, stage: Stage, tmp_path: Path, page: str
) -> None:
    """With the portal and the command each in a process of its own."""
    text = (PROJECT / page).read_text("utf-8")
    found = re.search(r"```\n(licensed-system --state plant init.*?)```", text, re.DOTALL)
    assert found is not None and "printenv PORTAL_TOKEN |" in found[1]
    await fetch("update environment set name = 'Build server 1' where name = $1", LINE)
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(portal.settings.data_dir / "trust" / "root.pem", work)
    passphrase = (stage.settings.key_passphrase or b"").decode()
    place_of_data = (stage.settings.data_dir, portal.dsn, stage.owner_dsn(portal.dsn))
    with Server(*place_of_data, PORTAL_KEY_PASSPHRASE=passphrase) as server:
        script = found[1].replace("https://licenses.example.com", server.url)
        script = script.replace("licensed-system", f"{sys.executable} -m licensed_system")
        token = system.token_file.read_text("utf-8").strip()
        environ = {"PORTAL_TOKEN": token, "PYTHONPATH": str(PROJECT), "PATH": os.environ["PATH"]}
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euxc", script), cwd=work, env=environ,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        told = (await process.communicate())[0].decode("utf-8")
    assert process.returncode == 0 and "Build server 1" in told, told
    assert token not in told


async def test_the_token_may_come_on_standard_input(
    system: NearSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = system.token_file.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(token)))
    system.token_file = Path("-")
    assert await system.fetch() == 0


async def test_the_portal_tells_in_words_why_an_account_may_not(
    system: NearSystem, portal: Portal, capsys: Capture
) -> None:
    system.language = "ja"
    account, token = await made_token(portal, "reader", ServiceRole.READ)
    system.keep(token)
    told = await _refused(system, capsys)
    assert (
        told.startswith("portal-refused: ") and "role-insufficient" in told and "「運用」" in told
    )
    await revoke_account(
        contract=await contract_id(), account=account, actor=await user_id("owner")
    )
    assert "token-revoked" in await _refused(system, capsys)
    system.keep(token[:-1] + ("a" if token[-1] != "a" else "b"))
    assert "token-mangled" in await _refused(system, capsys)
    assert await _issued() == 0


async def test_an_unknown_environment_is_told_with_the_known_ones(
    system: NearSystem, capsys: Capture
) -> None:
    told = await _refused(system, capsys, "no such line")
    assert told.startswith("unknown-environment: ") and "D-1001" in told
    assert all(name in told for name in await names())
    assert system.store.state().requests == (), "no request was made for nothing"


async def test_the_name_may_be_composed_otherwise(system: NearSystem) -> None:
    """Files and terminals of macOS write ガ as two characters."""
    await fetch("update environment set name = 'ガス' where name = $1", LINE)
    assert await system.fetch("カ\u3099ス ") == 0


async def test_an_environment_without_products_is_refused_in_the_words_of_the_portal(
    system: NearSystem, capsys: Capture
) -> None:
    await fetch("delete from allocation where environment in (select id from environment"
                " where name = $1)", LINE)  # fmt: skip
    told = await _refused(system, capsys)
    assert told.startswith("portal-refused: ") and "allocat" in told.lower()


async def test_a_move_to_another_machine_takes_a_person(
    system: NearSystem, capsys: Capture, tmp_path: Path, portal: Portal
) -> None:
    assert await system.fetch() == 0
    (tmp_path / "other").mkdir()
    root = portal.settings.data_dir / "trust" / "root.pem"
    other = NearSystem(tmp_path / "other", root, system.portal)
    other.token_file = system.token_file
    other.machine = replace(MACHINE, components={name: f"{name} 2" for name in MACHINE.components})
    assert "proof-required" in await _refused(other, capsys)


async def test_a_busy_portal_is_asked_again_and_acts_once(
    system: NearSystem, front: Front, capsys: Capture
) -> None:
    busy = answering(503, retry_after="7")
    front.faults = {"GET": [answering(429, retry_after="3")], "POST": [busy, front.cut_off(), busy]}
    assert await system.fetch() == 0
    assert len(front.keys()) == 4 and len(set(front.keys())) == 1
    assert await _issued() == 1, "the answer that was cut off had been given"
    for told, least, most in zip(system.pauses, (3, 7, 0, 7), (4, 8, 2, 11), strict=True):
        assert least < told <= most
    assert "Trying again in" in capsys.readouterr().out


async def test_a_file_that_is_cut_off_is_fetched_again(system: NearSystem, front: Front) -> None:
    front.faults = {"GET": [front.app, front.cut_off()]}
    assert await system.fetch() == 0
    assert len(system.pauses) == 1


async def test_answers_that_are_always_cut_off_are_told(
    system: NearSystem, front: Front, capsys: Capture
) -> None:
    front.faults = {"GET": [front.cut_off() for _ in range(20)]}
    told = await _refused(system, capsys)
    assert told.startswith("portal-unreachable: ")
    assert PATIENCE / 2 < sum(system.pauses) <= PATIENCE


async def test_a_portal_that_is_away_is_told_with_its_address(
    system: NearSystem, capsys: Capture
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        system.portal = f"http://127.0.0.1:{closed.getsockname()[1]}"
        told = await _refused(system, capsys)
    assert told.startswith("portal-unreachable: ") and system.portal in told
    assert PATIENCE / 2 < sum(system.pauses) <= PATIENCE


async def test_a_wait_that_is_too_long_is_not_waited_for(
    system: NearSystem, front: Front, capsys: Capture
) -> None:
    front.faults = {"GET": [answering(503, retry_after="3600")]}
    assert (await _refused(system, capsys)).startswith("portal-answer: ")
    assert system.pauses == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (answering(200, b"<html>", content_type="text/html"), "200 text/html"),
        (answering(200, b"{", content_type="application/json"), "200 application/json"),
        (answering(200, b'{"items": 1}', content_type="application/json"), "items"),
        (answering(200, b"[" * 99_999, content_type="application/json"), "200 application/json"),
        (answering(302, location="https://sso.example.com/?next=x"), "302 → https://sso."),
        (answering(404, b"Not found", content_type="text/plain"), "404 text/plain"),
        (answering(500, b"[]", content_type="application/problem+json"), "500"),
    ],
    ids=["page", "half", "other", "deep", "redirect", "missing", "no-problem"],
)
async def test_what_is_no_answer_of_the_portal_is_told(
    system: NearSystem, front: Front, capsys: Capture, answer: App, told: str
) -> None:
    front.faults = {"GET": [answer]}
    line = await _refused(system, capsys)
    assert line.startswith("portal-answer: ") and told in line
    assert len(front.heads) == 1, "a redirect is not followed, or it would carry the token away"


async def test_a_file_for_another_system_is_refused_and_the_old_one_stays(
    system: NearSystem, front: Front, capsys: Capture
) -> None:
    assert await system.fetch() == 0
    body = Issuer("someone else").answer(system.request().read_bytes())
    other = answering(200, body, content_type="application/jose")
    front.faults = {"GET": [front.app, other]}
    assert (await _refused(system, capsys)).startswith("unknown-root: ")
    assert system.status(capsys) == (0, {"PLATFORM": 1})


async def test_the_file_of_another_environment_is_refused(
    system: NearSystem, front: Front, capsys: Capture, portal: Portal, tmp_path: Path
) -> None:
    await another(await place(portal.settings), "もう一つ")
    (tmp_path / "other").mkdir()
    root = portal.settings.data_dir / "trust" / "root.pem"
    other = NearSystem(tmp_path / "other", root, system.portal)
    other.token_file = system.token_file
    assert await other.fetch("もう一つ") == 0
    applied = other.store.state().activation
    assert applied is not None
    body = answering(200, applied.encode(), content_type="application/jose")
    front.faults = {"GET": [front.app, body]}
    assert (await _refused(system, capsys)).startswith("other-system: ")


@pytest.mark.parametrize(
    ("content", "mode", "code"),
    [
        ("", 0o604, "unsafe-token-file"),
        ("root:x:0:0", 0o600, "bad-token-file"),
        ("x" * 5000, 0o600, "bad-token-file"),
    ],
    ids=["shared", "other-file", "long"],
)
async def test_a_token_file_that_others_read_or_that_holds_none_is_not_used(
    system: NearSystem, front: Front, capsys: Capture, content: str, mode: int, code: str
) -> None:
    system.keep(content or system.token_file.read_text("utf-8"), mode)
    assert (await _refused(system, capsys)).startswith(f"{code}: ")
    assert front.heads == [], "nothing is sent"


async def test_a_missing_token_file_and_a_folder_without_a_system_are_told(
    system: NearSystem, front: Front, capsys: Capture, tmp_path: Path
) -> None:
    system.token_file = tmp_path / "missing"
    assert (await _refused(system, capsys)).startswith("unreadable-file: ")
    system.folder = tmp_path / "empty"
    system.keep("lp1_c" + "0" * 49)
    assert await system.fetch() == 2
    assert capsys.readouterr().err.startswith("not-initialised: ") and front.heads == []


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("--portal", "https://portal.test"), ("x.jwt", "--portal", "https://portal.test"),
        ("--portal", "http://portal.test", "--token-file", "t", "--environment", "e"),
        ("--portal", "https://me:pw@portal.test", "--token-file", "t", "--environment", "e"),
        ("--portal", "https://portal.test:x", "--token-file", "t", "--environment", "e"),
        ("--portal", "portal.test", "--token-file", "t", "--environment", "e"),
        ("--portal", "https://portal.test", "--token-file", "t", "--environment", " "),
        ("x.jwt", "--ca-file", "ca.pem"),
    ],
    ids=range(9),
)  # fmt: skip
def test_options_that_do_not_belong_together_are_refused(
    tmp_path: Path, portal: Portal, arguments: tuple[str, ...], capsys: Capture
) -> None:
    root = portal.settings.data_dir / "trust" / "root.pem"
    system = NearSystem(tmp_path, root, "")
    with pytest.raises(SystemExit) as ended:
        system.run("activate", *arguments)
    assert ended.value.code == 2


async def test_https_goes_through_the_proxy_and_is_checked_against_the_named_authority(
    system: NearSystem,
    front: Front,
    capsys: Capture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate = make_certificate(tmp_path)
    asked: list[str] = []

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        near, far = await asyncio.open_connection("127.0.0.1", secure)
        await asyncio.gather(pump(reader, far), pump(near, writer))

    async with served(front, certificate) as secure:
        proxy = await asyncio.start_server(connect, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.delenv("NO_PROXY", raising=False)
        system.portal = f"https://{HOST}"
        untrusted = await _refused(system, capsys)
        assert untrusted.startswith("portal-untrusted: ") and "--ca-file" in untrusted
        assert await system.fetch(LINE, "--ca-file", str(certificate)) == 0
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert await system.fetch() == 0
        assert asked and all(each.startswith(f"CONNECT {HOST}:443 ") for each in asked)
        assert not any("lp1_" in each for each in asked)
        empty = tmp_path / "empty.pem"
        empty.touch()
        for file, code in ((empty, "bad-ca-file"), (tmp_path / "no.pem", "unreadable-file")):
            told = await _refused(system, capsys, LINE, "--ca-file", str(file))
            assert told.startswith(f"{code}: ")
        monkeypatch.setenv("NO_PROXY", HOST)
        before = len(asked)
        assert (await _refused(system, capsys)).startswith("portal-unreachable: ")
        assert len(asked) == before
        proxy.close()
