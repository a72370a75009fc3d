"""The composition root: what every domain brings, in one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.logging import LoggingConfig
from litestar.types import ASGIApp

from app import domains
from app.accounts import access, viewer_access
from app.accounts import pages as accounts
from app.accounts.generation_services import CredentialsChanged
from app.accounts.parking.pages import ParkedForms
from app.background.loop import doing
from app.contracts.access import READ_AHEAD
from app.database import close_pool, open_pool
from app.settings import Settings
from app.storage import open_storage
from app.web import errors
from app.web.http.asgi import App, ReadTimeouts, RequestLog, StaticFiles, StrictTransport
from app.web.http.finishing import FinishResponses
from app.web.http.htmx_redirects import FollowHtmxRedirects
from app.web.http.speculation import RefuseSpeculation
from app.web.metrics import Metrics


def make_litestar(settings: Settings, database_url: str) -> Litestar:
    """The application proper: routes, guards, providers and error pages."""
    storage = open_storage(settings)

    @asynccontextmanager
    async def with_pool(_: Litestar) -> AsyncIterator[None]:
        # A server process that starts while the database is away answers 503 until it is back.
        await open_pool(database_url, at_once=False)
        tasks = [t for t in domains.tasks() if t.in_every_server or settings.delivers_mail]
        try:
            async with doing(tasks, settings):
                yield
        finally:
            await close_pool()

    acts = domains.acts()
    quota_advice = {quota.name: quota.advice for quota in domains.quotas()}
    handlers: dict[Any, Any] = {
        access.NotSignedIn: accounts.handle_not_signed_in,
        CredentialsChanged: accounts.handle_not_signed_in,
        access.Detour: accounts.handle_detour,
        HTTPException: errors.handle_http_exception,
        **dict.fromkeys(errors.unavailable_errors, errors.handle_unavailable),
        **dict.fromkeys(errors.quota_errors, errors.handle_quota_full),
        Exception: errors.handle_unexpected,
    }
    return Litestar(
        route_handlers=domains.routes(),
        guards=[access.refuse_cross_site],
        dependencies={
            "viewer": Provide(access.provide_viewer),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "acts": Provide(lambda: acts, sync_to_thread=False),
            "storage": Provide(lambda: storage, sync_to_thread=False),
        },
        exception_handlers=handlers,
        state=State({"settings": settings, "quota_advice": quota_advice}),
        lifespan=[with_pool],
        openapi_config=None,
        logging_config=LoggingConfig(log_exceptions="never", configure_root_logger=False),
        debug=False,
    )


def _as_app(app: ASGIApp) -> App:
    """Return what follows Litestar's types as the layers around it call it: with any mapping."""
    return cast(App, app)


def make_app(settings: Settings, database_url: str) -> App:
    """The whole application, with what happens to every request around it."""
    app = _as_app(make_litestar(settings, database_url))
    app = ParkedForms(app, settings)
    app = _as_app(viewer_access.Viewers(app, settings, READ_AHEAD))
    app = FollowHtmxRedirects(app)
    app = FinishResponses(app)
    app = StaticFiles(app)
    app = RefuseSpeculation(Metrics(RequestLog(ReadTimeouts(app))))
    return StrictTransport(app) if settings.https else app
