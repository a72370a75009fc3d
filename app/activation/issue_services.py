"""What an answer writes: the signed file with its rows, or the end of an activation."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from app.activation.download_services import supersede
from app.activation.format.jws import thumbprint
from app.activation.format.requests import RequestFile
from app.activation.format.signed_files import SigningFailed
from app.activation.licensed_products import expiry
from app.activation.rules import EndActivation, Issue, IssueOutcome, Outcome
from app.activation.signing import Licensee, Office, build_activation
from app.activation.tables import Activation, ActivationProduct
from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import uuid7
from app.environments.tables import Environment

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


async def issue_file(case: Case, issue: Issue, office: Office) -> None:
    """Sign and keep the file, inside the unit of work that made the decision.

    Raises:
        RequestRefused: no file left the signer.
    """
    jti = str(uuid7())
    licensee = await _licensee(case)
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


async def _licensee(case: Case) -> Licensee:
    environment = await Environment.objects().get(Environment.id == case.environment)
    assert environment is not None, "the environment is locked"
    return Licensee(
        contract_number=case.contract.number,
        contract_name=case.contract.name,
        company=case.contract.company,
        time_zone=ZoneInfo(case.contract.time_zone),
        environment=case.environment,
        environment_name=environment.name,
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
