"""The confirm page: it restates what will happen, and 決定 makes it happen once."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations import services
from app.confirmations.acts import Acts, Context
from app.settings import Settings
from app.storage import Storage
from app.web.errors import handle_not_possible_now
from app.web.requests import PageRequest
from app.web.responses import see_other
from app.web.templates import page


async def provide_context(
    viewer: NamedDependency[Viewer],
    settings: NamedDependency[Settings],
    storage: NamedDependency[Storage],
) -> Context:
    """Give acts what they may use."""
    return Context(viewer, settings, storage)


class Confirmations(Controller):
    """One mechanism for every change."""

    path = "/confirmations/{id:uuid}"
    guards = [signed_in]
    dependencies = {"context": Provide(provide_context)}
    exception_handlers = {NotFoundException: handle_not_possible_now}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        id: FromPath[UUID],
        acts: NamedDependency[Acts],
        context: NamedDependency[Context],
    ) -> Response[Any]:
        """What will happen; or, once done, on to where it can be seen."""
        proposal = await services.find_proposal(acts, viewer, id)
        if proposal.location is not None:
            return see_other(proposal.location)
        statement = await services.state(context, proposal)
        return page(
            request,
            "confirmations/confirm.html",
            statement=statement,
            action=f"/confirmations/{id}",
            back=services.draft_url(statement.back, id),
            offer=services.draft_url(statement.offer[1], id) if statement.offer else "",
        )

    @post()
    async def confirm(
        self,
        id: FromPath[UUID],
        acts: NamedDependency[Acts],
        context: NamedDependency[Context],
    ) -> Response[Any]:
        """決定."""
        return see_other(await services.confirm(acts, context, id))
