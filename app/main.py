"""The composition root: the parts of every domain in one application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.logging import LoggingConfig

from app.accounts import access
from app.accounts import pages as accounts
from app.accounts.parking import ParkedForms
from app.audit.sealer import sealing
from app.chores import doing_chores
from app.contracts.access import READ_AHEAD
from app.database import close_pool, open_pool
from app.housekeeping import sweep_forever
from app.mail.worker import delivering
from app.parts import ROUTES, make_acts
from app.settings import Settings
from app.storage import open_storage
from app.web import errors
from app.web.answers import Responses
from app.web.asgi import App, ReadTimeouts, RequestLog, StaticFiles, StrictTransport
from app.web.following import HtmxFollow
from app.web.metrics import Metrics


def make_litestar(settings: Settings, database_url: str) -> Litestar:
    """The application proper: routes, guards, providers and error pages."""
    storage = open_storage(settings)

    @asynccontextmanager
    async def with_pool(_: Litestar) -> AsyncIterator[None]:
        await open_pool(database_url)
        sweeping = asyncio.create_task(sweep_forever(storage))
        try:
            async with sealing(settings), delivering(settings), doing_chores(settings):
                yield
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)
            await close_pool()

    acts = make_acts(settings)
    handlers: dict[Any, Any] = {
        access.NotSignedIn: accounts.handle_not_signed_in,
        access.Detour: accounts.handle_detour,
        HTTPException: errors.handle_http_exception,
        **dict.fromkeys(errors.unavailable_errors, errors.handle_unavailable),
        Exception: errors.handle_unexpected,
    }
    return Litestar(
        route_handlers=ROUTES,
        guards=[access.refuse_cross_site],
        dependencies={
            "viewer": Provide(access.provide_viewer),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "acts": Provide(lambda: acts, sync_to_thread=False),
            "storage": Provide(lambda: storage, sync_to_thread=False),
        },
        exception_handlers=handlers,
        state=State({"settings": settings}),
        lifespan=[with_pool],
        openapi_config=None,
        logging_config=LoggingConfig(log_exceptions="never", configure_root_logger=False),
        debug=False,
    )


def make_app(settings: Settings, database_url: str) -> App:
    """The whole application, with what happens to every request around it."""
    app: App = make_litestar(settings, database_url)  # type: ignore[assignment]
    app = ParkedForms(app, settings)
    app = access.Viewers(app, settings, READ_AHEAD)
    app = HtmxFollow(app)
    app = Responses(app)
    app = StaticFiles(app)
    app = Metrics(RequestLog(ReadTimeouts(app)))
    return StrictTransport(app) if settings.https else app
