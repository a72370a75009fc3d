"""What the staff confirm about emergency files: how many an environment of a contract may have."""

from app.confirmations.acts import Act, Context, Done, Entry, Statement
from app.contracts.contract_services import limit_emergency_files
from app.contracts.contract_values import EmergencyLimitValues
from app.staff.contracts.acts import CHANGE, change, find_contract
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.values import facts


class Limit(Entry[EmergencyLimitValues], frozen=True):
    """Another number of emergency files."""

    contract: str


async def _state(_context: Context, payload: Limit) -> Statement:
    contract = await find_contract(payload.contract)
    (label, after), *reason = facts(payload.values)
    return Statement(
        heading=_("Change the number of emergency files?"),
        facts=[
            (_("Contract"), contract.title),
            change(label, number(contract.emergency_files), after),
            *reason,
        ],
        back=f"{contract.url}/emergency-files",
        notes=[_("Files that customers already have keep working.")],
    )


async def _limit(context: Context, payload: Limit) -> Done:
    contract = await find_contract(payload.contract)
    await limit_emergency_files(
        contract.id, values=payload.values, revision=payload.revision, actor=context.viewer.id
    )
    return Done(contract.url, _("The number of emergency files was changed."))


LIMIT = Act("emergency-limit", Limit, _state, _limit, may=CHANGE)
