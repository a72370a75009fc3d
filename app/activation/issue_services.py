"""What an answer writes: the signed file with its rows, or the end of an activation."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app import clock
from app.activation.download_services import supersede
from app.activation.format.jws import MAX_BYTES, thumbprint
from app.activation.format.requests import RequestFile
from app.activation.format.signed_files import FileTooLarge, SigningFailed
from app.activation.licensed_products import expiry
from app.activation.rules import Decision, EndActivation, Issue, IssueOutcome, Outcome
from app.activation.signing import (
    Licensee,
    Office,
    activation_size,
    build_activation,
    licensee_of,
)
from app.activation.tables import Activation, ActivationProduct
from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import uuid7

log = structlog.get_logger()


class RequestRefused(Exception):
    """Nothing was changed; `outcome` says why, `claim` which part of the file is at fault."""

    def __init__(self, outcome: Outcome, claim: str | None = None) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome
        self.claim = claim


@dataclass(frozen=True)
class Case:
    """One request for one environment, by one person or service account, at one moment.

    Attributes:
        contract: through the eyes of `actor`.
        batch: what the files of one change share; None where it is one file alone.
        parallel_days: days for which the old system keeps running after a move; 0 for none.
    """

    contract: SeenContract
    environment: UUID
    request: RequestFile
    actor: UUID
    now: datetime
    batch: UUID | None = None
    parallel_days: int = 0


def fitting(
    decision: Decision, request: RequestFile, licensee: Licensee, office: Office | None
) -> Decision:
    """Return the decision, or that the file would be too large for any system to read."""
    if not isinstance(decision, Issue) or office is None:
        return decision
    size = activation_size(request, decision, licensee, office, clock.now())
    return IssueOutcome.FILE_TOO_LARGE if size > MAX_BYTES else decision


async def issue_file(case: Case, issue: Issue, office: Office, name: str) -> None:
    """Sign and keep the file, inside the unit of work that made the decision.

    Args:
        name: the environment's.

    Raises:
        RequestRefused: no file left the signer.
    """
    jti = str(uuid7())
    licensee = licensee_of(case.contract, case.environment, name)
    try:
        file = await asyncio.to_thread(
            build_activation,
            case.request,
            issue,
            licensee,
            office,
            jti=jti,
            issued_at=case.now,
        )
    except FileTooLarge as error:
        raise RequestRefused(IssueOutcome.FILE_TOO_LARGE) from error
    except SigningFailed as error:
        log.error("signing-failed", error=str(error))
        raise RequestRefused(IssueOutcome.NO_SIGNING_KEY) from error
    by_account = case.contract.service_role is not None
    activation = Activation(
        environment=case.environment,
        seq=issue.seq,
        jti=jti,
        kid=thumbprint(office.signer.public_key),
        file=file,
        request_jti=case.request.jti,
        request_file=case.request.text,
        jkt=case.request.jkt,
        issued_by=None if by_account else case.actor,
        issued_by_account=case.actor if by_account else None,
        issued_at=case.now,
        batch=case.batch,
        expires_at=expiry(issue.products, licensee.time_zone),
        moved=issue.moved,
    )
    await Activation.insert(activation)
    await _insert_products(activation.id, issue)
    await record(
        "activation-issue",
        actor=case.actor,
        contract=case.contract.id,
        subject=case.environment,
        seq=issue.seq,
        jti=jti,
        kid=activation.kid,
        moved=issue.moved,
        jumps=issue.jumps,
        prev_seq=case.request.prev_seq,
        quantities={str(each.entitlement): each.quantity for each in issue.products},
    )


async def _insert_products(activation: UUID, issue: Issue) -> None:
    """In the order of the entitlements' ids, in which all code locks them."""
    products = sorted(issue.products, key=lambda each: each.entitlement)
    await ActivationProduct.insert(
        *(
            ActivationProduct(
                activation=activation,
                entitlement=each.entitlement,
                quantity=each.quantity,
                starts_on=each.term.starts_on,
                ends_on=each.term.ends_on,
            )
            for each in products
        )
    )


async def take_return(case: Case, decision: EndActivation) -> int:
    """End the returned activation: the system runs on none of the older ones either."""
    [ended] = (
        await Activation.update(
            {
                Activation.ended_at: case.now,
                Activation.end_reason: "returned",
                Activation.return_jti: case.request.jti,
                Activation.return_file: case.request.text,
            }
        )
        .where(Activation.jti == decision.jti)
        .returning(Activation.seq)
    )
    seq: int = ended["seq"]
    await supersede(case.environment, seq, case.now)
    await record(
        "activation-return",
        actor=case.actor,
        contract=case.contract.id,
        subject=case.environment,
        seq=seq,
    )
    return seq
