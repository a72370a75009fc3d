"""What the staff confirm about activations: a further move, and releasing what a machine held."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.activation import staff_services as services
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed
from app.products.rules import count_of, product_name_in
from app.staff.access import require
from app.staff.activations import queries
from app.staff.activations.queries import SeenFile
from app.staff.rules import Permission
from app.web.i18n import gettext as _

ACTIVATIONS_URL = "/staff/activations"


def activation_url(id: UUID) -> str:
    """Path of an activation's page in the console."""
    return f"{ACTIVATIONS_URL}/{id}"


async def changeable(viewer: Viewer, id: UUID) -> SeenFile:
    """An activation, for those who may change what its environment has.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    require(viewer, Permission.ACTIVATIONS_CHANGE)
    found = await queries.find_activation(id)
    if found is None:
        raise NotFoundException
    return found


def _facts(found: SeenFile, payload: Loose) -> list[tuple[str, str]]:
    row = found.row
    return [
        (_("Contract"), f"{row['contract']} {row['contract_name']}"),
        (_("Environment"), row["environment_name"]),
        (_("Moves within a year"), f"{found.moved} / {found.allowed}"),
        (_("Reason for the change"), payload["reason"]),
    ]


async def _state_move(context: Context, payload: Loose) -> Statement:
    found = await changeable(context.viewer, UUID(payload["activation"]))
    return Statement(
        heading=_("Allow this environment a further move?"),
        facts=_facts(found, payload),
        back=f"{activation_url(found.row['id'])}/further-move",
        notes=[_("It counts for one year from now, and the contract's owners see it.")],
    )


async def _allow(context: Context, payload: Loose) -> Done:
    found = await changeable(context.viewer, UUID(payload["activation"]))
    try:
        await services.allow_move(
            found.row["environment"],
            seen=payload["seen"],
            reason=payload["reason"],
            actor=context.viewer.id,
        )
    except Changed:
        raise Refused("changed-meanwhile") from None
    return Done(activation_url(found.row["id"]), _("A further move was allowed."))


async def _state_release(context: Context, payload: Loose) -> Statement:
    found = await changeable(context.viewer, UUID(payload["activation"]))
    told = [
        (
            product_name_in(each),
            count_of(each["held"], each["unit"]),
            count_of(0, each["unit"]),
        )
        for each in found.held
    ]
    return Statement(
        heading=_("Release what this environment holds?"),
        facts=_facts(found, payload),
        back=f"{activation_url(found.row['id'])}/release",
        notes=[_("What stays allocated to the environment stays allocated.")],
        warning=_(
            "A machine that still has its activation file runs on until the file ends. Release"
            " only what a machine held that is lost."
        ),
        changes=(_("Quantities held by valid activation files"), told),
    )


async def _release(context: Context, payload: Loose) -> Done:
    found = await changeable(context.viewer, UUID(payload["activation"]))
    try:
        await services.release(
            found.row["environment"],
            seq=payload["seen"],
            reason=payload["reason"],
            actor=context.viewer.id,
        )
    except Changed:
        raise Refused("changed-meanwhile") from None
    return Done(activation_url(found.row["id"]), _("The held counts were released."))


MOVE = Act("further-move", Loose, _state_move, _allow)
RELEASE = Act("activation-release", Loose, _state_release, _release)
