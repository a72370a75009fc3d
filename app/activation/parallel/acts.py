"""What is confirmed about parallel operation: that the old system has stopped."""

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.activation.acts import activations_url
from app.activation.parallel import services
from app.activation.parallel.queries import find_running
from app.confirmations.acts import Act, Context, Done, Statement
from app.contracts.rules import SeenContract
from app.environments.access import provide_place
from app.environments.acts import OfEnvironment
from app.environments.queries import SeenEnvironment
from app.web.i18n import day
from app.web.i18n import gettext as _


class OldSystemStopped(OfEnvironment, frozen=True):
    """The old system of an environment that has stopped; `seq` is of its activation."""

    seq: int


async def _find(viewer: Viewer, payload: OldSystemStopped) -> tuple[SeenContract, SeenEnvironment]:
    place = await provide_place(viewer, payload.contract, payload.environment)
    if not place.contract.may_operate:
        raise NotFoundException
    return place.contract, place.environment


async def _state(context: Context, payload: OldSystemStopped) -> Statement:
    contract, environment = await _find(context.viewer, payload)
    found = await find_running(environment.id, contract.today)
    if found is None or found.seq != payload.seq:
        raise NotFoundException
    return Statement(
        heading=_("End parallel operation?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("Environment"), environment.name),
            (_("Activation number of the old system"), str(found.seq)),
            (_("Last day of the old system"), day(found.ends_on)),
        ],
        back=activations_url(contract, environment),
        warning=_("The portal cannot stop the old system. Stop it before you confirm."),
    )


async def _perform(context: Context, payload: OldSystemStopped) -> Done:
    contract, environment = await _find(context.viewer, payload)
    await services.stop(environment.id, payload.seq, context.viewer.id)
    message = _("The parallel operation of %(name)s has ended.", name=environment.name)
    return Done(activations_url(contract, environment), message)


PARALLEL_END = Act("parallel-end", OldSystemStopped, _state, _perform)
