"""シングルサインオン of a contract's company, for owners: its state, its test, and its set-up."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.access import recently_proved, signed_in
from app.accounts.rules import Viewer
from app.contracts.access import provide_owned_contract
from app.contracts.rules import SeenContract
from app.settings import Settings
from app.single_sign_on import acts, claim_controllers, controllers, default_controllers, queries
from app.single_sign_on.access import SetUp, provide_own_connected, provide_own_set_up
from app.single_sign_on.default_acts import OWN_DEFAULTS
from app.single_sign_on.rules import Connection
from app.single_sign_on.sign_in_pages import leave
from app.web.i18n import gettext as _
from app.web.requests import PageRequest
from app.web.scope_keys import DONE
from app.web.values import Form

PATH = "/contracts/{number:str}/single-sign-on"
CONTRACT = {"contract": Provide(provide_owned_contract)}
CONNECTED = {**CONTRACT, "subject": Provide(provide_own_connected)}


async def provide_contract_connection(contract: NamedDependency[SeenContract]) -> Connection:
    """Return the connection of the contract's company.

    Raises:
        NotFoundException: the company has no connection.
    """
    connection = await queries.connection_of_contract(contract)
    if connection is None:
        raise NotFoundException
    return connection


class OwnProvider(controllers.Providers):
    """What an owner sees of their company's single sign-on, and may change if staff let them."""

    path = PATH
    guards = [signed_in]
    dependencies = {**CONTRACT, "subject": Provide(provide_own_set_up)}
    act = acts.CONNECTION
    door = acts.OWN

    async def page(self, request: PageRequest, subject: SetUp, form: Form) -> Response[str]:
        """Say after a test that it worked."""
        if "tested" in request.query_params:
            DONE.set(request.scope, _("Single sign-on works: you signed in through it."))
        return await super().page(request, subject, form)


class OwnSecret(controllers.ClientSecrets):
    """The client secret."""

    path = f"{PATH}/secret"
    guards = [signed_in, recently_proved]
    dependencies = CONNECTED
    door = acts.OWN


class OwnClaims(claim_controllers.Claims):
    """Domains that the DNS shows to be the company's."""

    path = f"{PATH}/domains/dns"
    guards = [signed_in, recently_proved]
    dependencies = CONNECTED
    door = acts.OWN


class OwnDefaults(default_controllers.Defaults):
    """Contracts that people join at their first sign-in."""

    path = f"{PATH}/default-contracts"
    guards = [signed_in]
    dependencies = CONNECTED
    act = OWN_DEFAULTS


class OwnSteps(controllers.Steps):
    """What takes a button only."""

    path = PATH
    guards = [signed_in]
    dependencies = CONNECTED
    door = acts.OWN


class Trial(Controller):
    """テスト: to the provider and back; it also links the owner's account."""

    path = f"{PATH}/test"
    guards = [signed_in, recently_proved]
    dependencies = {**CONTRACT, "connection": Provide(provide_contract_connection)}

    @post()
    async def test(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
        connection: NamedDependency[Connection],
    ) -> Response[Any]:
        """On to the provider."""
        return await leave(
            request,
            settings,
            connection,
            address=await queries.find_address(viewer.id),
            wanted=f"{contract.url}/single-sign-on",
            tester=viewer.id,
        )
