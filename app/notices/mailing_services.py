"""Mailing notices, a batch at a time, and stopping such mails by the link in them.

A batch is one transaction: the mails in the outbox and the rows that say so. A worker that dies
leaves nothing half done, and the next one continues after the last person who has a row.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from app import clock
from app.accounts.rules import new_token, token_hash
from app.audit.services import record
from app.database import fetch, unit_of_work, uuid7
from app.mail.messages import compose, parse, readable
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.notices.mailing_queries import (
    MailedContract,
    NoticeRecipient,
    Subscription,
    find_subscription,
    next_recipients,
)
from app.notices.rules import paragraphs, words_in
from app.notices.tables import Notice, NoticeMail, NoticeMailMembership
from app.notices.values import NoticeValues
from app.settings import Settings

BATCH = 50

log = structlog.get_logger()


async def mail_notices(settings: Settings, *, batch: int = BATCH) -> bool:
    """Write one batch of mails of the notice that waits longest; whether there was a notice.

    Workers take different notices: one that has its batch at hand keeps the others out.
    """
    now = clock.now()
    async with unit_of_work():
        due = (
            Notice.mailed_at.is_null()
            & Notice.withdrawn_at.is_null()
            & (Notice.published_at <= now)
        )
        waiting = Notice.objects().where(due).order_by(Notice.published_at)
        notice = await waiting.lock_rows(skip_locked=True).first()
        if notice is None:
            return False
        recipients = await next_recipients(notice.id, now, batch)
        for recipient in recipients:
            await _write(settings, notice, recipient, now)
        if len(recipients) < batch:
            await Notice.update({Notice.mailed_at: now}).where(Notice.id == notice.id)
    return True


async def _write(
    settings: Settings, notice: Notice, recipient: NoticeRecipient, now: datetime
) -> None:
    """Write one person's mail, with its own link."""
    token = new_token()
    mail = NoticeMail(
        notice=notice.id,
        user=recipient.user,
        mail=await _enqueue(settings, notice, recipient, token),
        token_hash=token_hash(token),
        created_at=now,
    )
    await NoticeMail.insert(mail)
    await NoticeMailMembership.insert(
        *(
            NoticeMailMembership(notice_mail=mail.id, membership=contract.membership)
            for contract in recipient.contracts
        )
    )


async def _enqueue(
    settings: Settings, notice: Notice, recipient: NoticeRecipient, token: str
) -> UUID | None:
    words = words_in(recipient.language, notice)
    context = _context(settings, str(notice.id), words, recipient.contracts, token)
    link = context["unsubscription"]
    try:
        return await enqueue(
            settings,
            "notice",
            Recipient(recipient.email, recipient.name, recipient.language),
            about=recipient.user,
            headers={
                # RFC 8058: the mail program may press the button for the person.
                "List-Unsubscribe": f"<{link}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            **context,
        )
    except ValueError:
        # An invalid address must not keep the notice from the others.
        log.error("notice-mail-impossible", user=str(recipient.user))
        return None


def _context(
    settings: Settings,
    notice: str,
    words: tuple[str, str],
    contracts: Sequence[MailedContract],
    token: str,
) -> dict[str, Any]:
    """Return what the templates of the mail need: id, title and text of the notice, and more."""
    title, body = words
    return {
        "title": title,
        "paragraphs": paragraphs(body),
        "contracts": contracts,
        "link": f"{settings.base_url}/notices/{notice}",
        "unsubscription": f"{settings.base_url}/unsubscriptions/{token}",
    }


def preview_mail(settings: Settings, values: NoticeValues, language: str) -> tuple[str, str]:
    """Return subject and text of a notice's mail before there is one, with a sample contract."""
    to = Recipient(settings.mail_from, "", language)
    contract, words = MailedContract(uuid7(), "C-0000", "…"), words_in(language, values)
    sample = _context(settings, "…", words, [contract], "…")
    message = parse(compose(settings, uuid7(), "notice", to, clock.now(), **sample))
    text = message.get_body(("plain",))
    assert text is not None
    return readable(message, "subject"), text.get_content()


async def stop_notices(token: str, wanted: Collection[UUID] | None) -> Subscription | None:
    """Turn a person's notices off, as the link in a mail allows; doing so again changes nothing.

    Args:
        wanted: memberships of theirs; None for all that the mail was for.

    Returns:
        How things stand then, or None without a such link.
    """
    async with unit_of_work():
        found = await find_subscription(token_hash(token))
        if found is None:
            return None
        chosen = [c.id for c in found.contracts if wanted is None or c.id in wanted]
        # Code that changes the people of contracts locks the contracts first, in the order of ids.
        await fetch(
            "select 1 from contract where id in (select contract from membership"
            " where id = any($1)) order by id for update",
            chosen,
        )
        stopped = await fetch(
            "update membership set notification = false where id = any($1) and notification"
            " returning id, contract",
            chosen,
        )
        for membership in stopped:
            await record(
                "notice-unsubscription",
                actor=found.person,
                contract=membership["contract"],
                subject=membership["id"],
            )
        return await find_subscription(token_hash(token))
