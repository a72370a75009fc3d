"""What the staff confirm about activations: a further move, and releasing what a machine held."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.activation import staff_services as services
from app.confirmations.acts import Act, Context, Done, Entry, Statement
from app.products.rules import count_of, product_name
from app.staff.access import requires
from app.staff.activations import queries
from app.staff.activations.queries import SeenFile
from app.staff.activations.values import ReasonValues
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.values import facts

ACTIVATIONS_URL = "/staff/activations"


class Help(Entry[ReasonValues], frozen=True):
    """Help for an activation's environment, with the reason.

    Attributes:
        revision: how many further moves were allowed, or the environment's newest activation.
    """

    activation: UUID


async def find_activation(id: UUID) -> SeenFile:
    """Return an activation.

    Raises:
        NotFoundException: there is none.
    """
    found = await queries.find_activation(id)
    if found is None:
        raise NotFoundException
    return found


def _facts(found: SeenFile, payload: Help) -> list[tuple[str, str]]:
    file = found.file
    return [
        (_("Contract"), f"{file.contract} {file.contract_name}"),
        (_("Environment"), file.environment_name),
        (_("Moves in the past year"), f"{found.moved} / {found.allowed}"),
        *facts(payload.values),
    ]


async def _state_move(_context: Context, payload: Help) -> Statement:
    found = await find_activation(payload.activation)
    return Statement(
        heading=_("Allow this environment one more move?"),
        facts=_facts(found, payload),
        back=f"{found.file.url}/further-move",
        notes=[
            _(
                "The permission is valid for one year. The contract's owners can see it in the"
                " activity log."
            )
        ],
    )


async def _allow(context: Context, payload: Help) -> Done:
    found = await find_activation(payload.activation)
    await services.allow_move(
        found.file.environment,
        seen=payload.revision,
        reason=payload.values.reason,
        actor=context.viewer.id,
    )
    return Done(found.file.url, _("One more move was allowed."))


async def _state_release(_context: Context, payload: Help) -> Statement:
    found = await find_activation(payload.activation)
    held = [
        (product_name(each), count_of(each.held, each.unit), count_of(0, each.unit))
        for each in found.held
    ]
    return Statement(
        heading=_("Release the licenses this environment holds?"),
        facts=_facts(found, payload),
        back=f"{found.file.url}/release",
        notes=[_("The allocations of the environment do not change.")],
        warning=_(
            "A system that still has its activation file keeps running until the file"
            " expires. Release licenses only for systems that are lost."
        ),
        changes=(_("Quantities held by valid activation files"), held),
        danger=True,
    )


async def _release(context: Context, payload: Help) -> Done:
    found = await find_activation(payload.activation)
    await services.release(
        found.file.environment,
        seq=payload.revision,
        reason=payload.values.reason,
        actor=context.viewer.id,
    )
    return Done(found.file.url, _("The licenses were released."))


MAY = requires(Permission.ACTIVATIONS_CHANGE)
MOVE = Act("further-move", Help, _state_move, _allow, may=MAY)
RELEASE = Act("activation-release", Help, _state_release, _release, may=MAY)
