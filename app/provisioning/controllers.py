"""The page of provisioning; `pages` of the console and of owners say where it stands."""

from typing import Any, ClassVar

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.form_pages import draft_errors
from app.confirmations.services import propose
from app.provisioning import acts
from app.provisioning.queries import SeenProvisioning, see_provisioning
from app.provisioning.rules import base_url
from app.provisioning.token_services import take_token
from app.settings import Settings
from app.single_sign_on.access import SetUp
from app.single_sign_on.controllers import set_up_page
from app.web.forms import read_number
from app.web.requests import PageRequest, is_head, read_form
from app.web.responses import see_other


async def provide_provisioning(subject: NamedDependency[SetUp]) -> SeenProvisioning:
    """Return the provisioning of the company in the address.

    Raises:
        NotFoundException: the company has no connection.
    """
    found = await see_provisioning(subject.seen.id)
    if found is None:
        raise NotFoundException
    return found


class Provisioning(Controller):
    """Its token, whom it manages, and what to enter at the provider.

    Attributes:
        door: what the page proposes.
    """

    door: ClassVar[acts.TokenActs]

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        subject: NamedDependency[SetUp],
        provisioning: NamedDependency[SeenProvisioning],
    ) -> Response[Any]:
        """Right after a token was made, also the token, once, to the person who made it."""
        token = None
        if provisioning.waits_for(viewer.id) and not is_head(request):
            token = await take_token(settings, provisioning.connection, viewer.id)
        errors = await draft_errors(
            request, viewer, lambda payload: payload.company == provisioning.id, *self.door
        )
        answer = set_up_page(
            request,
            "single_sign_on/provisioning.html",
            subject,
            errors,
            provisioning=provisioning,
            token=token,
            address=base_url(settings.base_url),
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @post("/token")
    async def make(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
        provisioning: NamedDependency[SeenProvisioning],
    ) -> Response[Any]:
        """On to the confirm step of a new token."""
        sent = read_number((await read_form(request)).get("revision"))
        payload = acts.TokenMaking(
            company=provisioning.id,
            contract=subject.number,
            revision=provisioning.revision if sent is None else sent,
        )
        return see_other(await propose(viewer, self.door.making, payload))

    @post("/revocation")
    async def revoke(
        self,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
        provisioning: NamedDependency[SeenProvisioning],
    ) -> Response[Any]:
        """On to the confirm step of the token's end."""
        payload = acts.TokenRevocation(company=provisioning.id, contract=subject.number)
        return see_other(await propose(viewer, self.door.revocation, payload))
