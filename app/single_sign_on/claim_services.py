"""Domains that the DNS shows to be a company's: claimed, then checked."""

from uuid import UUID

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

from app import clock
from app.accounts import guess_rules, throttling
from app.accounts.rules import new_token
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.database import lock_row, unit_of_work
from app.settings import Settings
from app.single_sign_on.connection_services import lock_connection
from app.single_sign_on.domain_rules import BY_DNS, record_of
from app.single_sign_on.queries import SeenClaim
from app.single_sign_on.session_services import end_password_sessions
from app.single_sign_on.tables import SingleSignOnDomain, SingleSignOnDomainClaim

# For one name server, and for all of them together.
SECONDS_EACH, SECONDS = 2.0, 5.0


class NoRecord(Exception):
    """The domain has no TXT record that is exactly the expected one."""


class DnsDown(Exception):
    """No name server answers."""


async def claim_domain(
    company: UUID, domain: str, *, actor: UUID, contract: UUID | None = None
) -> None:
    """Note a domain that waits for its record; the same one again keeps its token.

    Raises:
        Gone: there is no connection.
    """
    claim = SingleSignOnDomainClaim
    async with unit_of_work():
        connection = await lock_connection(company)
        if await claim.exists().where(
            (claim.connection == connection.id) & (claim.domain == domain)
        ):
            return
        await claim.insert(
            claim(
                connection=connection.id,
                domain=domain,
                token=new_token(),
                claimed_by=actor,
                claimed_at=clock.now(),
            )
        )
        await record(
            "single-sign-on-domain-claim",
            actor=actor,
            contract=contract,
            subject=company,
            domain=domain,
        )


async def drop_claim(company: UUID, id: UUID, *, actor: UUID, contract: UUID | None = None) -> None:
    """Forget a domain that waits for its record.

    Raises:
        Gone: it is not there.
    """
    async with unit_of_work():
        dropped = await _take(company, id)
        await record(
            "single-sign-on-domain-claim-end",
            actor=actor,
            contract=contract,
            subject=company,
            domain=dropped.domain,
        )


async def _take(company: UUID, id: UUID) -> SingleSignOnDomainClaim:
    claim = SingleSignOnDomainClaim
    connection = await lock_connection(company)
    own = (claim.id == id) & (claim.connection == connection.id)
    found = await lock_row(claim, own)
    await claim.delete().where(own)
    return found


async def verify_claim(
    settings: Settings,
    company: UUID,
    connection: UUID,
    claim: SeenClaim,
    *,
    actor: UUID,
    contract: UUID | None = None,
) -> Throttled | None:
    """Ask the DNS for the record of a claim; the domain is then the company's.

    Raises:
        NoRecord: the DNS does not have it.
        DnsDown: no name server answers.
        Gone: the claim is no longer there.
        asyncpg.UniqueViolationError: a company has the domain.
    """
    admitted = await throttling.admit(guess_rules.domain_lanes(connection))
    if isinstance(admitted, Throttled):
        return admitted
    if record_of(claim.token) not in await read_texts(settings, claim.domain):
        raise NoRecord
    async with unit_of_work():
        taken = await _take(company, UUID(claim.id))
        await SingleSignOnDomain.insert(
            SingleSignOnDomain(
                connection=connection,
                domain=taken.domain,
                reason=BY_DNS,
                verified_by=actor,
                verified_at=clock.now(),
                token=taken.token,
                checked_at=clock.now(),
            )
        )
        await end_password_sessions(company)
        await record(
            "single-sign-on-domain-addition",
            actor=actor,
            contract=contract,
            subject=company,
            domain=taken.domain,
            reason=BY_DNS,
        )
    return None


async def read_texts(settings: Settings, domain: str) -> list[str]:
    """Return the TXT records of a domain.

    Raises:
        DnsDown: no name server answers.
    """
    try:
        resolver = dns.asyncresolver.Resolver(configure=not settings.dns_servers)
        if settings.dns_servers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(address, port)
                for address, port in settings.dns_servers
            ]
        resolver.timeout = SECONDS_EACH
        name = dns.name.from_text(domain)
        found = await resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise DnsDown from error
    return [b"".join(each.strings).decode("ascii", "replace") for each in found]
