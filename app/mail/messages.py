"""Making the message: text and HTML in the recipient's language, as RFC 5322 wants it."""

import re
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.utils import format_datetime, quote
from uuid import UUID

from app.mail.rules import Recipient
from app.settings import Settings
from app.web.brand import Shown
from app.web.templates import environments

# Seven bits pass every server; the text is UTF-8 all the same.
POLICY = policy.SMTP.clone(cte_type="7bit")


def compose(
    settings: Settings,
    id: UUID,
    template: str,
    to: Recipient,
    now: datetime,
    *,
    further: Mapping[str, str] | None = None,
    **context: object,
) -> bytes:
    """The message as it goes over the wire.

    Args:
        settings: links are built from its base_url.
        id: the mail's own, from which its Message-ID is made: a repeat has the same one.
        template: folder below templates/mail/ with subject.txt and content.txt, which the two
            layouts draw.
        further: headers that only this kind of mail has, ASCII.
        context: what the templates need beside `base_url`, `name` and `subject`.

    Raises:
        ValueError: the recipient's address is none.
    """

    def text(part: str, **known: object) -> str:
        found = environments[to.language].get_template(f"mail/{part}")
        return found.render(
            kind=template, base_url=settings.base_url, name=to.name, **known, **context
        )

    subject = " ".join(text(f"{template}/subject.txt").split())
    headers = {
        "From": _address("From", Shown(to.language).sender, settings.mail_from),
        "To": _address("To", to.name, to.address),
        "Subject": _encoded("Subject", subject),
        "Date": format_datetime(now),
        "Message-ID": f"<{id}@{settings.mail_from.rpartition('@')[2]}>",
        "Content-Language": to.language,
        # So that absence notes are not sent back (RFC 3834).
        "Auto-Submitted": "auto-generated",
        **(further or {}),
    }
    message = EmailMessage(policy=POLICY)
    message.set_content(_tidied(text("_layout.txt", subject=subject)))
    message.add_alternative(text("_layout.html", subject=subject), subtype="html")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("ascii") + message.as_bytes()


def _encoded(name: str, value: str) -> str:
    """A header's text as RFC 2047 wants it.

    EmailMessage's own folding puts spaces into long Japanese texts.
    """
    if value.isascii():
        return value
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")


def _address(header: str, name: str, address: str) -> str:
    if not (address.isascii() and address.isprintable()) or set(address) & set(' <>,;"'):
        raise ValueError("this is no mail address")
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not name:
        return address
    shown = f'"{quote(name)}"' if name.isascii() else _encoded(header, name)
    return f"{shown}\r\n <{address}>"


def _tidied(text: str) -> str:
    """Without the holes that parts left out leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def parse(message: bytes) -> EmailMessage:
    """A message that compose() made, to be read."""
    return message_from_bytes(message, policy=policy.SMTP)


def readable(message: EmailMessage, name: str) -> str:
    """A header as people read it; the parser's own puts spaces into long Japanese names."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return " ".join(str(make_header(decode_header(raw))).split())


def envelope(message: bytes) -> tuple[str, str]:
    """Sender's and recipient's address."""
    headers = parse(message)
    return headers["from"].addresses[0].addr_spec, headers["to"].addresses[0].addr_spec


def part(message: EmailMessage, kind: str) -> str:
    """The text of a message's part, kind `plain` or `html`, with plain line feeds."""
    body = message.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""
