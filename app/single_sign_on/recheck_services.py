"""Looking the DNS records of verified domains up again.

A missing record changes no sign-in: people whose account the provider made have no password, and
records of verified domains are deleted by mistake. Owners and the vendor get to know, and decide.
"""

import contextlib
from datetime import datetime

from app import clock
from app.accounts.company_queries import company_owners
from app.audit.services import record
from app.database import Gone, Record, fetch_one, lock_row, unit_of_work
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.settings import Settings
from app.single_sign_on.claim_services import DnsDown, read_texts
from app.single_sign_on.domain_rules import CHECKED_EVERY, MISSING_LONG, record_of
from app.single_sign_on.tables import SingleSignOnDomain


async def check_next_domain(settings: Settings) -> bool:
    """Look one record up that was not looked up today; return whether there was one."""
    now = clock.now()
    due = await _take(now)
    if due is None:
        return False
    try:
        found = record_of(due["token"]) in await read_texts(settings, due["domain"])
    except DnsDown:
        # No answer is not a no. It is tried again tomorrow.
        return True
    # It may have been removed in the meantime.
    with contextlib.suppress(Gone):
        async with unit_of_work():
            await _note(settings, due, found=found, now=now)
    return True


async def _take(now: datetime) -> Record | None:
    """Become the process that looks a domain up, and return it; None where none is due."""
    return await fetch_one(
        """
        update single_sign_on_domain d set checked_at = $1
        from single_sign_on_connection c join company p on p.id = c.company
        where c.id = d.connection and d.id = (
            select id from single_sign_on_domain
            where token is not null and (checked_at is null or checked_at <= $2)
            order by checked_at nulls first limit 1 for update skip locked)
        returning d.id, d.domain, d.token, p.id as company, p.name
        """,
        now,
        now - CHECKED_EVERY,
    )


async def _note(settings: Settings, due: Record, *, found: bool, now: datetime) -> None:
    """Keep what the DNS said, and mail who has to know.

    Raises:
        Gone: the domain was removed in the meantime.
    """
    domain = SingleSignOnDomain
    here = (domain.id == due["id"]) & (domain.token == due["token"])
    before = await lock_row(domain, here)
    if found:
        if before.missing_since is not None:
            await domain.update({domain.missing_since: None, domain.warned_at: None}).where(here)
            await record(
                "single-sign-on-domain-return",
                actor=None,
                subject=due["company"],
                domain=due["domain"],
            )
        return
    if before.missing_since is None:
        await domain.update({domain.missing_since: now}).where(here)
        await record(
            "single-sign-on-domain-missing",
            actor=None,
            subject=due["company"],
            domain=due["domain"],
        )
        await _mail(settings, due, now, long=False)
    elif before.warned_at is None and now - before.missing_since >= MISSING_LONG:
        await domain.update({domain.warned_at: now}).where(here)
        await _mail(settings, due, before.missing_since, long=True)


async def _mail(settings: Settings, due: Record, since: datetime, *, long: bool) -> None:
    """Mail all owners; where the record has been missing for long, the administrators too."""
    for each in await company_owners([due["company"], None] if long else [due["company"]]):
        await enqueue(
            settings,
            "domain-record-missing",
            Recipient(each.email, each.name, each.language),
            about=due["id"],
            company=due["name"],
            domain=due["domain"],
            record=record_of(due["token"]),
            since=since,
            long=long,
        )
