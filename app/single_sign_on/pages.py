"""シングルサインオン of a contract's company: its state and its test, for owners."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.access import recently_proved, signed_in
from app.accounts.rules import Viewer
from app.contracts.access import provide_owned_contract
from app.contracts.rules import SeenContract
from app.settings import Settings
from app.single_sign_on import queries
from app.single_sign_on.rules import STATE_NAMES, Connection
from app.single_sign_on.sign_in_pages import leave
from app.web.i18n import gettext as _
from app.web.requests import PageRequest
from app.web.scope_keys import DONE
from app.web.templates import page


async def provide_contract_connection(contract: NamedDependency[SeenContract]) -> Connection:
    """Return the connection of the contract's company.

    Raises:
        NotFoundException: nobody has entered one yet.
    """
    connection = await queries.connection_of_contract(contract)
    if connection is None:
        raise NotFoundException
    return connection


class ContractSingleSignOn(Controller):
    """What an owner sees of their company's single sign-on."""

    path = "/contracts/{number:str}/single-sign-on"
    guards = [signed_in]
    dependencies = {
        "contract": Provide(provide_owned_contract),
        "connection": Provide(provide_contract_connection),
    }

    @get()
    async def show(
        self,
        request: PageRequest,
        contract: NamedDependency[SeenContract],
        connection: NamedDependency[Connection],
    ) -> Response[Any]:
        """Its state and domains, who keeps a password, and the test."""
        if "tested" in request.query_params:
            DONE.set(request.scope, _("Single sign-on works: you signed in through it."))
        return page(
            request,
            "single_sign_on/contract.html",
            contract=contract,
            connection=connection,
            state=_(STATE_NAMES[connection.state]),
            domains=sorted(connection.domains),
            exceptions=await queries.list_exceptions(connection.id),
        )

    @post("/test", guards=[recently_proved])
    async def test(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
        connection: NamedDependency[Connection],
    ) -> Response[Any]:
        """テスト: to the provider and back; it also links the owner's account."""
        return await leave(
            request,
            settings,
            connection,
            address=await queries.find_address(viewer.id),
            wanted=f"{contract.url}/single-sign-on",
            tester=viewer.id,
        )
