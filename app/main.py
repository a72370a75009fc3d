"""The composition root: what every domain brings, in one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, cast

import msgspec
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.logging import LoggingConfig
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp

from app import domains
from app.accounts import access, viewer_access
from app.accounts import pages as accounts
from app.accounts.generation_services import CredentialsChanged
from app.accounts.parking.pages import ParkedForms
from app.api import document_rules
from app.api import errors as api_errors
from app.api.access import authenticated, provide_caller, provide_vendor
from app.api.problem_rules import ApiProblem
from app.background.loop import doing
from app.contracts.access import READ_AHEAD
from app.database import Changed, Gone, close_pool, open_pool
from app.provisioning import access as scim_access
from app.provisioning import errors as scim_errors
from app.provisioning.calls import HANDLERS as SCIM_HANDLERS
from app.provisioning.error_rules import ScimError
from app.provisioning.rules import BASE as SCIM
from app.settings import Settings
from app.single_sign_on.asking_pages import ProviderChecks
from app.storage import open_storage
from app.web import errors
from app.web.http.asgi import App, Below, ReadTimeouts, RequestLog, StaticFiles, StrictTransport
from app.web.http.finishing import FinishResponses
from app.web.http.htmx_redirects import FollowHtmxRedirects
from app.web.http.speculation import RefuseSpeculation
from app.web.metrics import Metrics

API = "/api/v1"
# A request file has 64 KiB at most, and no call takes more.
LARGEST_BODY = 256 * 1024


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
        state=State(
            {
                "settings": settings,
                "quota_advice": quota_advice,
                "api_document": lambda: api_document(settings),
                "api_scopes": lambda: document_rules.scopes(api_document(settings)),
            }
        ),
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
    app = ProviderChecks(app, settings)
    app = _as_app(viewer_access.Viewers(app, settings, READ_AHEAD))
    app = FollowHtmxRedirects(app)
    app = FinishResponses(app)
    app = Below(SCIM, _as_app(make_scim(settings)), app)
    app = StaticFiles(Below(API, _as_app(make_api(settings)), app))
    app = RefuseSpeculation(Metrics(RequestLog(ReadTimeouts(app))))
    return StrictTransport(app) if settings.https else app


@cache
def api_document(settings: Settings) -> dict[str, Any]:
    """The OpenAPI document of the API; the application that is read for it serves nothing."""
    read = make_api(settings, document_rules.CONFIG)
    operations = (
        handler
        for route in read.routes
        if isinstance(route, HTTPRoute)
        for handler, _ in route.route_handler_map.values()
    )
    options = {handler.handler_name: handler.opt for handler in operations}
    return document_rules.finished(read.openapi_schema.to_schema(), options)


def make_api(settings: Settings, openapi: OpenAPIConfig | None = None) -> Litestar:
    """The API: calls of other systems, with nothing of what serves browsers around it."""
    storage = open_storage(settings)
    handlers: dict[Any, Any] = {
        ApiProblem: api_errors.handle_problem,
        HTTPException: api_errors.handle_http_exception,
        Gone: api_errors.handle_gone,
        Changed: api_errors.handle_changed,
        **dict.fromkeys(errors.unavailable_errors, api_errors.handle_unavailable),
        **dict.fromkeys(errors.quota_errors, api_errors.handle_quota_full),
        Exception: api_errors.handle_unexpected,
    }
    return Litestar(
        route_handlers=[Router(API, route_handlers=domains.endpoints())],
        guards=[authenticated],
        dependencies={
            "caller": Provide(provide_caller),
            "vendor": Provide(provide_vendor, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "storage": Provide(lambda: storage, sync_to_thread=False),
        },
        before_send=[api_errors.finish],
        exception_handlers=handlers,
        request_max_body_size=LARGEST_BODY,
        state=State(
            {
                "quota_advice": {quota.name: quota.advice for quota in domains.quotas()},
                "document": lambda: msgspec.json.encode(api_document(settings)),
            }
        ),
        openapi_config=openapi,
        logging_config=LoggingConfig(log_exceptions="never", configure_root_logger=False),
        debug=False,
    )


def make_scim(settings: Settings) -> Litestar:
    """SCIM: calls of companies' identity providers, apart from pages and API."""
    handlers: dict[Any, Any] = {
        ScimError: scim_errors.handle_error,
        HTTPException: scim_errors.handle_http_exception,
        **dict.fromkeys(errors.unavailable_errors, scim_errors.handle_unavailable),
        **dict.fromkeys(errors.quota_errors, scim_errors.handle_quota_full),
        Exception: scim_errors.handle_unexpected,
    }
    return Litestar(
        route_handlers=[Router(SCIM, route_handlers=SCIM_HANDLERS)],
        guards=[scim_access.authenticated],
        dependencies={
            "caller": Provide(scim_access.provide_caller, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
        },
        before_send=[scim_errors.finish],
        exception_handlers=handlers,
        request_max_body_size=LARGEST_BODY,
        state=State({"quota_advice": {quota.name: quota.advice for quota in domains.quotas()}}),
        openapi_config=None,
        logging_config=LoggingConfig(log_exceptions="never", configure_root_logger=False),
        debug=False,
    )
