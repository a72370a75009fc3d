"""Handing mails to a real SMTP server, to those too that fail, delay and drop connections."""

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from app import clock
from app.database import uuid7
from app.mail.couriers import FolderCourier, NotDelivered, SmtpCourier
from app.mail.messages import compose, envelope, parse, part, readable
from app.mail.rules import Recipient
from app.settings import Settings, read_settings
from tests.mail.smtp import PASSWORD, USER, Mailbox, make_tls, smtp_server
from tests.servers import free_port

TO = Recipient("owner@example.com", "鈴木 一郎", "ja")


def settings(url: str = "") -> Settings:
    return read_settings({"PORTAL_SMTP_URL": url, "PORTAL_BASE_URL": "https://portal.example.com"})


def courier(url: str, *, seconds: float = 5) -> SmtpCourier:
    server = settings(url).smtp
    assert server is not None
    return SmtpCourier(server, step_seconds=seconds, delivery_seconds=seconds)


def at(mailbox: Mailbox) -> str:
    return f"smtp://127.0.0.1:{mailbox.port}"


def message(to: Recipient = TO) -> bytes:
    now = clock.now()
    return compose(settings(), uuid7(), "password-changed", to, now, changed_at=now)


async def refusal(courier: SmtpCourier) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        await courier.deliver(uuid7(), message())
    return caught.value


async def test_several_mails_go_over_one_connection_and_arrive_as_they_were_made() -> None:
    sent = [message() for _ in range(3)]
    async with smtp_server() as mailbox:
        one = courier(at(mailbox))
        answers = [await one.deliver(uuid7(), mail) for mail in sent]
        await one.rest()
    assert [(to, bytes(mail).rstrip()) for to, mail in mailbox.received] == [
        ("owner@example.com", mail.rstrip()) for mail in sent
    ]
    assert mailbox.connections == 1
    assert answers[0] == "2.0.0 Ok: queued as 12345"


async def test_the_message_reads_right_in_a_mail_program() -> None:
    async with smtp_server() as mailbox:
        await courier(at(mailbox)).deliver(uuid7(), message())
    raw = mailbox.received[0][1]
    assert raw.isascii() and max(len(line) for line in raw.splitlines()) <= 998
    mail = parse(raw)
    assert mail["to"].addresses[0].display_name == "鈴木 一郎"
    assert mail["from"].addresses[0].display_name == "ライセンスポータル"
    assert mail["from"].addresses[0].addr_spec == "no-reply@portal.example.com"
    assert mail["subject"] == "パスワードが変更されました"
    assert mail["message-id"].endswith("@portal.example.com>")
    assert mail["auto-submitted"] == "auto-generated"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]
    for kind in ("plain", "html"):
        assert "鈴木 一郎 様" in part(mail, kind)
        assert "https://portal.example.com/password/forgotten" in part(mail, kind)
    assert '<html lang="ja">' in part(mail, "html")


@pytest.mark.parametrize(
    "name",
    [
        "",
        'Smith, "Bob" <b@example.org>',
        "髙𠮷野 " * 12,
        "a\r\nBcc: x@example.org",
        "O'Brien & <b>Söhne</b>",
    ],
)
async def test_whatever_a_name_holds_the_mail_has_one_recipient(name: str) -> None:
    mail = message(replace(TO, name=name))
    assert envelope(mail) == ("no-reply@portal.example.com", "owner@example.com")
    read = parse(mail)
    assert read["bcc"] is None
    shown = readable(read, "to").removesuffix("<owner@example.com>").strip()
    assert shown.strip('"').replace('\\"', '"') in {" ".join(name.split()), "owner@example.com"}
    assert all(len(line) <= 78 for line in mail.split(b"\r\n\r\n")[0].splitlines())
    assert "<b>" not in part(read, "html")
    assert "&amp;" not in part(read, "plain")


@pytest.mark.parametrize(
    ("answer", "lasting"), [("550 5.1.1 {address}: no such user", True), ("451 4.7.1 later", False)]
)
async def test_a_refused_recipient_is_final_where_the_server_says_so(
    answer: str, lasting: bool
) -> None:
    async with smtp_server() as mailbox:
        mailbox.recipient_answer = answer
        failure = await refusal(courier(at(mailbox)))
    assert failure.lasting is lasting
    assert failure.words == answer.format(address="…")


@pytest.mark.parametrize(
    ("answer", "lasting"), [("554 5.7.1 spam", True), ("452 4.3.1 disk full", False)]
)
async def test_a_refused_message_is_final_where_the_server_says_so(
    answer: str, lasting: bool
) -> None:
    async with smtp_server() as mailbox:
        mailbox.data_answer = answer
        failure = await refusal(courier(at(mailbox)))
    assert (failure.lasting, failure.words) == (lasting, answer)


async def test_a_server_that_delays_too_long_is_given_up_and_asked_again_later() -> None:
    async with smtp_server() as mailbox:
        mailbox.held.clear()
        slow = courier(at(mailbox), seconds=0.2)
        assert not (await refusal(slow)).lasting
        mailbox.held.set()
        await slow.deliver(uuid7(), message())
    assert mailbox.connections == 2, "after a fault comes a fresh connection"


async def test_a_server_that_delays_a_little_is_waited_for() -> None:
    async with smtp_server() as mailbox:
        mailbox.held.clear()
        delivery = asyncio.create_task(courier(at(mailbox)).deliver(uuid7(), message()))
        asyncio.get_running_loop().call_later(0.3, mailbox.held.set)
        await delivery
    assert len(mailbox.received) == 1


async def test_a_server_that_drops_the_connection_is_connected_to_again() -> None:
    async with smtp_server() as mailbox:
        one = courier(at(mailbox))
        await one.deliver(uuid7(), message())
        mailbox.drops = 1
        assert not (await refusal(one)).lasting
        await one.deliver(uuid7(), message())
    assert (len(mailbox.received), mailbox.connections) == (2, 2)


async def test_where_nobody_listens_it_is_tried_again_later() -> None:
    failure = await refusal(courier(f"smtp://127.0.0.1:{free_port()}"))
    assert not failure.lasting and failure.words


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, w: held.append(w), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert not (await refusal(courier(f"smtp://127.0.0.1:{port}", seconds=0.2))).lasting
    for writer in held:
        writer.close()
    server.close()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_credentials_go_over_tls(scheme: str, tmp_path: Path) -> None:
    tls = make_tls(tmp_path)
    layers = {"starttls": tls} if scheme == "smtp" else {"tls": tls}
    async with smtp_server(auth=True, **layers) as mailbox:
        address = f"{scheme}://{quote(USER, '')}:{quote(PASSWORD, '')}@127.0.0.1:{mailbox.port}"
        await courier(address).deliver(uuid7(), message())
        wrong = f"{scheme}://{quote(USER, '')}:wrong@127.0.0.1:{mailbox.port}"
        failure = await refusal(courier(wrong))
    assert len(mailbox.received) == 1
    assert not failure.lasting, "a wrong password is put right while the mails wait"
    assert failure.words.startswith("535")


async def test_required_starttls_is_not_done_without() -> None:
    async with smtp_server() as mailbox:
        failure = await refusal(courier(f"{at(mailbox)}?starttls=require"))
    assert not failure.lasting and not mailbox.received


async def test_certificates_are_checked_except_on_loopback(tmp_path: Path) -> None:
    async with smtp_server(tls=make_tls(tmp_path)) as mailbox:
        near = settings(f"smtps://127.0.0.1:{mailbox.port}").smtp
        assert near is not None
        # The same server by a name that is not known to be this machine.
        far = replace(near, host="127.0.0.2")
        server = await asyncio.start_server(
            lambda r, w: _pipe(r, w, mailbox.port), "127.0.0.2", near.port
        )
        failure = await refusal(SmtpCourier(far, step_seconds=5, delivery_seconds=5))
        server.close()
        await SmtpCourier(near).deliver(uuid7(), message())
    assert "certificate" in failure.words.lower()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    inner, outer = await asyncio.open_connection("127.0.0.1", port)

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(4096):
            target.write(data)
        target.close()

    await asyncio.gather(copy(reader, outer), copy(inner, writer), return_exceptions=True)


async def test_without_a_server_a_mail_is_one_file_however_often_it_is_delivered(
    tmp_path: Path,
) -> None:
    folder, id, mail = tmp_path / "mail", uuid7(), message()
    keeper = FolderCourier(folder)
    answers = {await keeper.deliver(id, mail) for _ in range(2)}
    [file] = folder.iterdir()
    assert file.name.endswith(f"-{id}.eml")
    assert answers == {""}, "staff read no file names as the words of a server"
    assert file.read_bytes() == mail
    assert file.stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700


async def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(NotDelivered) as caught:
        await FolderCourier(tmp_path / "mail").deliver(uuid7(), message())
    assert not caught.value.lasting
