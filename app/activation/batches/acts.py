"""What owners confirm about many request files at once: all that are chosen, or none."""

from functools import partial
from itertools import chain, repeat
from uuid import UUID

import asyncpg

from app.accounts.access import PROOF, Detour, has_proved, require_proof
from app.activation.batches import services
from app.activation.batches.archive_rules import UploadedRequest, read_uploads
from app.activation.batches.lines import Entry, Line
from app.activation.batches.wording import line_errors, parallel_part
from app.activation.issue_services import RequestRefused
from app.activation.parallel.rules import ParallelOutcome
from app.activation.parallel.services import ParallelRefused
from app.activation.parallel.wording import OUTCOME_MESSAGES
from app.activation.rules import EndActivation, Issue
from app.activation.services import ProofMissing, answer_requests
from app.activation.wording import sentences
from app.confirmations.acts import Act, Context, Done, Payload, Refusal, Refused, Statement
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.database import uuid7
from app.web.background import in_background
from app.web.i18n import N_, ngettext, number
from app.web.i18n import gettext as _


class RequestFiles(Payload, frozen=True):
    """Uploaded request files, kept as one archive.

    Attributes:
        entries: environment and choice of each file, in the order of the archive.
        days: of parallel operation for each file, in the same order; missing ones are 0.
    """

    contract: str
    entries: list[tuple[str, bool]]
    days: list[int] = []

    @classmethod
    def of(cls, contract: SeenContract, entries: list[Entry]) -> "RequestFiles":
        """Return the payload of what was chosen."""
        return cls(
            contract.number,
            [(each.environment, each.taken) for each in entries],
            [each.days for each in entries],
        )

    @property
    def chosen(self) -> list[Entry]:
        """Return what was chosen for each file."""
        days = chain(self.days, repeat(0))
        return [
            Entry(environment, taken, each, str(each or ""))
            for (environment, taken), each in zip(self.entries, days, strict=False)
        ]


def batches_url(contract: SeenContract) -> str:
    """Return the path of the page まとめてアクティベート."""
    return f"{contract.url}/activation-batches"


async def kept_files(upload: bytes | None) -> list[UploadedRequest]:
    """Return the files of a kept archive, which were read before it was kept."""
    archive = UploadedRequest("kept.zip", upload or b"")
    return await in_background(partial(read_uploads, [archive]))


async def _judged(context: Context, payload: RequestFiles) -> tuple[SeenContract, list[Line]]:
    contract = await provide_changeable_contract(context.viewer, payload.contract)
    files = await kept_files(context.upload)
    return contract, await services.judge(context.settings, contract, files, payload.chosen)


async def _state(context: Context, payload: RequestFiles) -> Statement:
    contract, lines = await _judged(context, payload)
    taken = [line for line in lines if line.taken]
    if any(line.moves for line in taken):
        require_proof(context.viewer)
    parallel = parallel_part(contract, taken)
    return Statement(
        heading=_("Activate these systems?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("Request files"), number(len(taken))),
            (_("Left out"), number(len(lines) - len(taken))),
            *parallel.facts,
        ],
        back=batches_url(contract),
        warning=_warning(taken, parallel.warning),
        notes=[_("All of these files are answered, or none of them."), *parallel.notes],
        changes=(_("Activation number"), [_row(line) for line in taken]),
        subject=_("Environment"),
        offer=(parallel.offer, batches_url(contract)) if parallel.offer else None,
    )


def _warning(taken: list[Line], of_parallel: str) -> str:
    if line_errors(taken):
        return _("Not all of these files can be answered now. Go back to see why.")
    moved = sum(line.moves for line in taken)
    if not moved:
        return ""
    message = ngettext(
        "%(n)s environment moves to a different system than in its last activation.",
        "%(n)s environments move to a different system than in their last activation.",
        moved,
    )
    return sentences(message, of_parallel)


def _row(line: Line) -> tuple[str, str, str]:
    assert line.request is not None, "it is a line that is taken"
    place = line.target.name if line.target else "–"
    before = str(line.last.seq) if line.last else "–"
    after = str(line.decision.seq) if isinstance(line.decision, Issue) else "–"
    if isinstance(line.decision, EndActivation):
        after = _("Returned")
    return f"{place} – {line.request.system.name}", before, after


async def _perform(context: Context, payload: RequestFiles) -> Done:
    contract, lines = await _judged(context, payload)
    taken = [line for line in lines if line.taken]
    if not taken or not all(line.answerable for line in taken):
        raise Refused("files-changed")
    batch = uuid7()
    placed = {line.target.id: line for line in taken if line.target}
    try:
        answers = await answer_requests(
            context.settings,
            contract,
            {place: line.file.content for place, line in placed.items()},
            context.viewer.id,
            batch,
            proved=has_proved(context.viewer),
            parallel_days={place: line.entry.days for place, line in placed.items()},
        )
    except ProofMissing:
        raise Detour(PROOF) from None
    except ParallelRefused as refused:
        limit = refused.outcome is ParallelOutcome.LIMIT_REACHED
        raise Refused(refused.outcome.value if limit else "files-changed") from None
    except RequestRefused:
        raise Refused("files-changed") from None
    ended = sum(answer.ended for answer in answers.values())
    issued = sum(not answer.repeated for answer in answers.values()) - ended
    return Done(_next(contract, batch, issued), _done_message(issued, ended), str(batch))


def _next(contract: SeenContract, batch: UUID, issued: int) -> str:
    return f"{batches_url(contract)}/{batch}" if issued else f"{contract.url}/environments"


def _done_message(issued: int, ended: int) -> str:
    """Return what was done; the same request a second time does nothing."""
    systems = ngettext("%(n)s system was activated.", "%(n)s systems were activated.", issued)
    returned = ngettext("%(n)s activation was returned.", "%(n)s activations were returned.", ended)
    return sentences(systems if issued else "", returned if ended else "")


REFUSALS = {
    "files-changed": Refusal(
        "form",
        N_(
            "Nothing was changed. At least one file can no longer be answered as shown before."
            " Check the lines below."
        ),
    ),
    # Another environment of the contract may take the last one between the check and the insertion.
    ParallelOutcome.LIMIT_REACHED.value: Refusal(
        "form",
        OUTCOME_MESSAGES[ParallelOutcome.LIMIT_REACHED],
        asyncpg.CheckViolationError,
        "parallel_operation_within_year",
    ),
}
BATCH = Act("activation-batch", RequestFiles, _state, _perform, REFUSALS)
