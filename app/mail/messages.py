"""Making the message: text and HTML in the recipient's language, as RFC 5322 wants it."""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from app.mail.rules import Recipient
from app.settings import Settings
from app.web.i18n import translations
from app.web.templates import environments

# Seven bits pass every server; the text is UTF-8 all the same.
POLICY = policy.SMTP.clone(cte_type="7bit")


def compose(
    settings: Settings, id: UUID, template: str, to: Recipient, now: datetime, **context: object
) -> bytes:
    """The message as it goes over the wire.

    Args:
        settings: links are built from its base_url.
        id: the mail's own, from which its Message-ID is made: a repeat has the same one.
        template: folder below templates/mail/ with subject.txt, body.txt and body.html.
        context: what the templates need beside `base_url`, `name` and `subject`.
    """

    def text(part: str, **further: object) -> str:
        found = environments[to.language].get_template(f"mail/{template}/{part}")
        return found.render(base_url=settings.base_url, name=to.name, **further, **context)

    subject = " ".join(text("subject.txt").split())
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(
        translations[to.language].gettext("License Portal"), settings.mail_from
    )
    message["To"] = _address(to.name, to.address)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{id}@{settings.mail_from.rpartition('@')[2]}>"
    message["Content-Language"] = to.language
    # So that absence notes are not sent back (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_tidied(text("body.txt", subject=subject)))
    message.add_alternative(text("body.html", subject=subject), subtype="html")
    return message.as_bytes()


def _address(name: str, address: str) -> Address:
    return Address(display_name=" ".join(name.split()), addr_spec=address)


def _tidied(text: str) -> str:
    """Without the holes that parts left out leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def parse(message: bytes) -> EmailMessage:
    """A message that compose() made, to be read."""
    return message_from_bytes(message, policy=policy.SMTP)


def envelope(message: bytes) -> tuple[str, str]:
    """Sender's and recipient's address."""
    headers = parse(message)
    return headers["from"].addresses[0].addr_spec, headers["to"].addresses[0].addr_spec


def part(message: EmailMessage, kind: str) -> str:
    """The text of a message's part, kind `plain` or `html`."""
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
