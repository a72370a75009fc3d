"""Pages of webhooks that a contract and the vendor share; `pages` say where they stand."""

from typing import Any, ClassVar

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.acts import Act
from app.confirmations.services import find_draft, propose
from app.settings import Settings
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, is_head, query_form
from app.web.responses import see_other
from app.web.templates import page
from app.webhooks import queries
from app.webhooks.access import Whose
from app.webhooks.event_rules import EventType, event_name
from app.webhooks.queries import SeenDelivery, SeenEndpoint
from app.webhooks.rules import PAUSE_REASONS, PROBLEMS, SHOWN_WITHIN, Preset, preset_name
from app.webhooks.secret_services import take_secret
from app.webhooks.standing_acts import OfEndpoint, Resending, Rotation

NO_STORE = {"Cache-Control": "no-store"}


def webhook_page(
    request: PageRequest,
    template: str,
    whose: Whose,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: object,
) -> Response[str]:
    """Answer with a page of a contract's webhooks, or of the vendor's."""
    return page(
        request,
        template,
        status=status,
        headers=headers,
        whose=whose,
        contract=whose.contract,
        preset_name=preset_name,
        **context,
    )


async def webhooks_page(request: PageRequest, whose: Whose) -> Response[str]:
    """Answer with the list."""
    found = await queries.list_endpoints(whose.id)
    return webhook_page(request, "webhooks/list.html", whose, endpoints=found)


class EndpointPages(Controller):
    """One webhook: its facts, its delivery log, and what can be done with it.

    Attributes:
        steps: what the page proposes, by the end of the address.
        resending: what its delivery log proposes.
    """

    steps: ClassVar[dict[str, Act[Any]]]
    resending: ClassVar[Act[Any]]

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        whose: NamedDependency[Whose],
        endpoint: NamedDependency[SeenEndpoint],
    ) -> Response[str]:
        """The page; right after a secret was made, the secret, once, to the person who made it."""
        url = f"{whose.url}/{endpoint.id}"
        fresh = endpoint.preset is Preset.STANDARD and not is_head(request)
        fresh = fresh and endpoint.secret_at > clock.now() - SHOWN_WITHIN
        wanted = Wanted.read(url, query_form(request), queries.DELIVERIES)
        return webhook_page(
            request,
            "webhooks/endpoint.html",
            whose,
            headers=NO_STORE,
            endpoint=endpoint,
            secret=await take_secret(settings, endpoint.id, viewer.id) if fresh else None,
            listed=await queries.list_deliveries(endpoint.id, wanted),
            events=[event_name(each) for each in EventType if each in endpoint.event_types],
            event_name=event_name,
            pause_reasons=PAUSE_REASONS,
            problems=PROBLEMS,
            problem=await self._problem(request, viewer),
        )

    async def _problem(self, request: PageRequest, viewer: Viewer) -> str:
        """Return why something that this page proposed was refused."""
        draft = request.query_params.get("draft", "")
        for act in (*self.steps.values(), self.resending) if draft else ():
            if found := await find_draft(viewer, draft, act):
                return next(iter(found.errors.values()), "")
        return ""

    @post("/{step:str}")
    async def propose_step(
        self,
        viewer: NamedDependency[Viewer],
        whose: NamedDependency[Whose],
        endpoint: NamedDependency[SeenEndpoint],
        step: FromPath[str],
    ) -> Response[Any]:
        """テスト・一時停止・再開・再発行・削除: on to the confirm step."""
        if step not in self.steps:
            raise NotFoundException
        payload: OfEndpoint = OfEndpoint(whose.number, endpoint.id)
        if step == "rotation":
            payload = Rotation(whose.number, endpoint.id, endpoint.revision)
        return see_other(await propose(viewer, self.steps[step], payload))


class DeliveryPages(Controller):
    """One delivery of a webhook.

    Attributes:
        act: sends it again.
    """

    act: ClassVar[Act[Any]]

    @post("/resending")
    async def propose_resending(
        self,
        viewer: NamedDependency[Viewer],
        whose: NamedDependency[Whose],
        endpoint: NamedDependency[SeenEndpoint],
        delivery: NamedDependency[SeenDelivery],
    ) -> Response[Any]:
        """再送: on to the confirm step."""
        payload = Resending(whose.number, endpoint.id, delivery.id)
        return see_other(await propose(viewer, self.act, payload))
