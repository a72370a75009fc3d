"""The confirm page: it restates what will happen, and 決定 makes it happen once."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations import services
from app.confirmations.acts import Acts
from app.web.requests import PageRequest
from app.web.responses import see_other
from app.web.templates import page


class Confirmations(Controller):
    """One mechanism for every change."""

    path = "/confirmations/{id:uuid}"
    guards = [signed_in]

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        id: FromPath[UUID],
        acts: NamedDependency[Acts],
    ) -> Response[Any]:
        """What will happen; or, once done, on to where it can be seen."""
        proposal = await services.find_proposal(viewer, id)
        if proposal.location is not None:
            return see_other(proposal.location)
        statement = await acts[proposal.act].state(viewer, proposal.payload, proposal.upload)
        return page(
            request,
            "confirmations/confirm.html",
            statement=statement,
            action=f"/confirmations/{id}",
            back=services.draft_url(statement.back, id),
        )

    @post()
    async def confirm(
        self, viewer: NamedDependency[Viewer], id: FromPath[UUID], acts: NamedDependency[Acts]
    ) -> Response[Any]:
        """決定."""
        return see_other(await services.confirm(acts, viewer, id))
