"""One attempt: what the receiver gets, where the portal connects to, and how long it waits."""

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from app.webhooks.address_rules import Target, target_of
from app.webhooks.courier import WebhookCourier
from app.webhooks.rules import LONGEST_ANSWER, Problem
from tests.webhooks.authority import Authority, make_authority
from tests.webhooks.receiver import ANSWER, Receiver, answer, receiver_at

HEADERS = {"webhook-id": "1"}
MOVED = answer("301 Moved", "elsewhere", "Location: https://localhost/")


def target(receiver: Receiver, host: str = "localhost") -> Target:
    """Where the receiver is."""
    found = target_of(receiver.url.replace("localhost", host))
    assert found is not None
    return found


async def test_the_receiver_gets_path_headers_and_the_body_as_it_is(
    courier: WebhookCourier, receiver: Receiver
) -> None:
    outcome = await courier.deliver(target(receiver), HEADERS, '{"name":"本番"}')
    assert (outcome.problem, outcome.status, outcome.answer) == (None, 200, "ok")
    [request] = receiver.received
    assert request.line == "POST /hook?source=portal HTTP/1.1"
    assert request.headers["host"] == f"localhost:{receiver.port}"
    assert request.headers["webhook-id"] == "1"
    assert request.body == '{"name":"本番"}'


@pytest.mark.parametrize(
    ("said", "problem", "status"),
    [
        (answer("204 No Content"), None, 204),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER, None, 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", None, 200),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", None, 200),
        (MOVED, Problem.REDIRECT, 301),
        (answer("400 Bad Request", "no"), Problem.STATUS, 400),
        (answer("410 Gone"), Problem.GONE, 410),
        (answer("503 Unavailable"), Problem.STATUS, 503),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Problem.PROTOCOL, None),
        (b"HTTP/1.1 200", Problem.PROTOCOL, None),
        (b"", Problem.CONNECTION, None),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, bytes) else None,
)
async def test_only_a_2xx_answer_is_a_success(
    courier: WebhookCourier,
    receiver: Receiver,
    said: bytes,
    problem: Problem | None,
    status: int | None,
) -> None:
    receiver.answer = said
    outcome = await courier.deliver(target(receiver), HEADERS, "{}")
    assert (outcome.problem, outcome.status) == (problem, status)
    assert len(receiver.received) == 1, "a redirect is not followed"


async def test_a_large_answer_is_read_to_its_first_kilobyte(
    courier: WebhookCourier, receiver: Receiver
) -> None:
    receiver.answer = answer("200 OK", "x" * 10_000_000)
    outcome = await courier.deliver(target(receiver), HEADERS, "{}")
    assert (outcome.problem, outcome.answer) == (None, "x" * LONGEST_ANSWER)


async def test_an_endless_head_is_given_up(courier: WebhookCourier, receiver: Receiver) -> None:
    receiver.answer, receiver.endless = b"HTTP/1.1 200 OK\r\n", b"X-Field: x\r\n" * 1000
    outcome = await courier.deliver(target(receiver), HEADERS, "{}")
    assert outcome.problem is Problem.PROTOCOL


async def test_an_answer_is_kept_without_control_characters(
    courier: WebhookCourier, receiver: Receiver
) -> None:
    receiver.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\na\x00\x1b[1m\nb"
    outcome = await courier.deliver(target(receiver), HEADERS, "{}")
    assert outcome.answer == "a[1m\nb"


async def test_a_receiver_that_hangs_is_left_in_time(
    authority: Authority, receiver: Receiver
) -> None:
    receiver.held.clear()
    courier = WebhookCourier(("127.0.0.0/8",), trust=authority.trust, seconds=0.3)
    begin = time.monotonic()
    outcome = await courier.deliver(target(receiver), HEADERS, "{}")
    assert outcome.problem is Problem.TIME and time.monotonic() - begin < 5


async def test_nothing_is_sent_to_a_private_address_that_is_not_allowed(
    authority: Authority, receiver: Receiver
) -> None:
    courier = WebhookCourier((), trust=authority.trust, seconds=1.0)
    for host in ("localhost", "127.0.0.1"):
        outcome = await courier.deliver(target(receiver, host), HEADERS, "{}")
        assert outcome.problem is Problem.ADDRESS
    assert receiver.received == []


async def test_the_name_is_resolved_once_and_that_address_is_connected_to(
    courier: WebhookCourier, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def rebinding(host: str, *args: Any, **more: Any) -> Any:
        """A name server that gives another address each time."""
        if host != "rebinding.example":
            return resolve(host, *args, **more)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return resolve(address, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    outcome = await courier.deliver(target(receiver, "rebinding.example"), HEADERS, "{}")
    assert asked == ["rebinding.example"]
    assert outcome.problem is Problem.CERTIFICATE, "it is for localhost"


async def test_a_name_that_does_not_exist_and_a_closed_port_are_told_apart(
    courier: WebhookCourier,
) -> None:
    unknown = Target("no-such-host.invalid", 443, "/")
    assert (await courier.deliver(unknown, HEADERS, "{}")).problem is Problem.NAME
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    closed = Target("127.0.0.1", port, "/")
    assert (await courier.deliver(closed, HEADERS, "{}")).problem is Problem.CONNECTION


async def test_a_certificate_of_another_authority_or_host_is_refused(
    courier: WebhookCourier, authority: Authority, tmp_path: Path
) -> None:
    stranger = make_authority(tmp_path)
    async with receiver_at(stranger.server) as receiver:
        outcome = await courier.deliver(target(receiver), HEADERS, "{}")
        assert outcome.problem is Problem.CERTIFICATE and receiver.received == []


async def test_a_proxy_of_the_environment_is_not_used(
    courier: WebhookCourier, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await courier.deliver(target(receiver), HEADERS, "{}")).problem is None


async def test_many_receivers_are_served_at_once(
    courier: WebhookCourier, receiver: Receiver
) -> None:
    outcomes = await asyncio.gather(
        *(courier.deliver(target(receiver), HEADERS, "{}") for _ in range(20))
    )
    assert {outcome.problem for outcome in outcomes} == {None}
