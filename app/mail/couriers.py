"""Who carries mails away: an SMTP server, or, without one, a folder."""

import asyncio
import os
import ssl
from pathlib import Path
from typing import Protocol
from uuid import UUID

import aiosmtplib

from app.mail.messages import envelope, parse
from app.mail.rules import is_lasting, kept_answer
from app.settings import Settings, SmtpServer

STEP_SECONDS = 30.0
DELIVERY_SECONDS = 90.0


class NotDelivered(Exception):
    """The mail was not taken.

    Attributes:
        lasting: whether the server says that trying again is no use.
        words: what the server said, without the person's address.
    """

    def __init__(self, words: str, *, lasting: bool = False) -> None:
        super().__init__(words)
        self.words, self.lasting = words, lasting


class Courier(Protocol):
    """Carries one mail at a time."""

    async def deliver(self, id: UUID, message: bytes) -> str:
        """Hand the message over; answer the server's words, or nothing where there is no server.

        Raises:
            NotDelivered: it was not taken, or the portal cannot know whether it was.
        """

    async def rest(self) -> None:
        """There is nothing to carry for the moment."""


class SmtpCourier:
    """Hands mails to an SMTP server, over one connection while there are any.

    Args:
        step_seconds: how long the server may take for each answer.
        delivery_seconds: how long it may take for a mail in all.
    """

    def __init__(
        self,
        server: SmtpServer,
        *,
        step_seconds: float = STEP_SECONDS,
        delivery_seconds: float = DELIVERY_SECONDS,
    ) -> None:
        self._server, self._step, self._whole = server, step_seconds, delivery_seconds
        self._client: aiosmtplib.SMTP | None = None
        self._tls: ssl.SSLContext | None = None

    async def deliver(self, id: UUID, message: bytes) -> str:
        """Hand the message over. After any fault the next mail gets a fresh connection."""
        sender, recipient = envelope(message)
        try:
            async with asyncio.timeout(self._whole):
                client = await self._connected(sender)
                _, words = await client.sendmail(sender, recipient, message)
        except BaseException as error:
            self._drop()
            if isinstance(error, aiosmtplib.SMTPException | OSError | ValueError):
                raise _not_delivered(error, recipient) from error
            raise
        return kept_answer(words, recipient)

    async def greet(self, sender: str) -> None:
        """Connect, begin TLS and log in as for a mail, and take leave.

        Raises:
            NotDelivered: one of these does not work.
        """
        try:
            async with asyncio.timeout(self._whole):
                await self._connected(sender)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            raise _not_delivered(error, sender) from error
        await self.rest()

    async def _connected(self, sender: str) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        server = self._server
        # Reading the machine's authorities takes a while; once is enough.
        self._tls = self._tls or _tls_context(server)
        client = self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            # The machine's own name is private, and asking for it may take long.
            local_hostname=sender.rpartition("@")[2],
            timeout=self._step,
            use_tls=server.tls,
            start_tls={"auto": None, "require": True, "never": False}[server.starttls],
            tls_context=self._tls,
        )
        await client.connect()
        return client

    async def rest(self) -> None:
        """Take leave of the server."""
        client = self._client
        if client is not None and client.is_connected:
            try:
                async with asyncio.timeout(self._step):
                    await client.quit()
            except (aiosmtplib.SMTPException, OSError):
                pass  # the connection is no longer usable, which is what was wanted
        self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _tls_context(server: SmtpServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.local:
        # No machine is in between, and no authority vouches for this name.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _not_delivered(error: Exception, recipient: str) -> NotDelivered:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        # Only about this recipient or this message is a refusal final. A wrong password or sender
        # is the portal's own fault, to be put right while the mails wait.
        about_mail = isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
        words = kept_answer(f"{error.code} {error.message}", recipient)
        return NotDelivered(words, lasting=about_mail and is_lasting(error.code))
    timed_out = isinstance(error, TimeoutError | aiosmtplib.SMTPTimeoutError)
    words = str(error) or ("timed out" if timed_out else type(error).__name__)
    return NotDelivered(kept_answer(words, recipient))


class FolderCourier:
    """Keeps each mail as a file `<time>-<id>.eml`. A repeat replaces the file of the first time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, id: UUID, message: bytes) -> str:
        """Write the file; it is whole and on the disk when this returns."""
        try:
            return await asyncio.to_thread(self._write, id, message)
        except OSError as error:
            raise NotDelivered(error.strerror or type(error).__name__) from error

    async def rest(self) -> None:
        """Nothing to do."""

    def _write(self, id: UUID, message: bytes) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = parse(message)["date"].datetime
        path = self._folder / f"{made:%Y%m%dT%H%M%SZ}-{id}.eml"
        new = path.with_suffix(".new")
        descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(message)
            opened.flush()
            os.fsync(opened.fileno())
        new.rename(path)
        # There is no server whose words staff could read.
        return ""


def mail_folder(settings: Settings) -> Path:
    """Where mails go while there is no SMTP server."""
    return settings.data_dir / "mail"


def make_courier(settings: Settings) -> Courier:
    """The courier that the settings ask for."""
    if settings.smtp is not None:
        return SmtpCourier(settings.smtp)
    return FolderCourier(mail_folder(settings))
