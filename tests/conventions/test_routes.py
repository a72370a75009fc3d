"""Routes: each is guarded or declared public, each address names a thing in kebab-case."""

import re

import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from app.accounts import access
from app.main import make_litestar
from app.settings import read_settings
from app.staff.access import staff_only

GUARDS = {
    access.signed_in,
    access.signed_in_before_terms,
    access.signed_in_with_terms,
    access.signed_in_before_factors,
    staff_only,
}
# Everything that anybody may ask for, so that a new one is a decision.
PUBLIC = {
    ("GET", "/login"),
    ("POST", "/login"),
    # They look at the log-in whose password was right.
    ("GET", "/login/second-factor"),
    ("POST", "/login/second-factor"),
    ("POST", "/login/second-factor/challenges"),
    # They lead to a company's identity provider and back.
    ("GET", "/login/single-sign-on/{id}"),
    ("POST", "/login/single-sign-on/{id}"),
    ("GET", "/login/single-sign-on/{id}/callback"),
    ("POST", "/login/single-sign-on/{id}/link"),
    ("GET", "/login/single-sign-on/staff"),
    ("POST", "/login/single-sign-on/staff"),
    ("GET", "/login/single-sign-on/staff/callback"),
    ("POST", "/login/single-sign-on/staff/link"),
    ("POST", "/login/single-sign-on/staff/back-channel-logout"),
    ("POST", "/login/single-sign-on/{id}/back-channel-logout"),
    ("POST", "/language"),
    ("GET", "/password/forgotten"),
    ("POST", "/password/forgotten"),
    ("GET", "/password/forgotten/sent"),
    ("GET", "/password/reset/{token}"),
    ("POST", "/password/reset/{token}"),
    # What mailed links open: having the link is what lets somebody in.
    ("GET", "/join/{token}"),
    ("POST", "/join/{token}"),
    ("GET", "/join/{token}/registrations/{id}"),
    ("POST", "/join/{token}/registrations/{id}"),
    ("GET", "/email-addresses/{token}"),
    ("POST", "/email-addresses/{token}"),
    ("GET", "/unsubscriptions/{token}"),
    ("POST", "/unsubscriptions/{token}"),
    ("GET", "/calendar/{name}"),
    # Whoever has withdrawn is nobody any more.
    ("GET", "/farewell"),
    # Outside the demo there are no such pages; see tests/mail/.
    ("GET", "/demo/mail"),
    ("GET", "/demo/mail/{id}"),
    # On every page, the log-in page too.
    ("GET", "/brand/{name}"),
    # It describes the API to anybody who writes a program for it.
    ("GET", "/api"),
    ("GET", "/api/vendor"),
    ("GET", "/api/vendor/{name}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    # Whoever has the token of monitoring; see tests/monitoring/.
    ("GET", "/metrics"),
    ("GET", "/.well-known/jwks.json"),
}
PART = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|\{[a-z_]+\}|\.well-known|jwks\.json")


def _handlers() -> list[tuple[str, str, HTTPRouteHandler]]:
    app = make_litestar(read_settings({}, demo=True), "postgresql://nobody@127.0.0.1/nothing")
    found = [
        (method, route.path_format, handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if method != "OPTIONS"
    ]
    # In one order always, since processes that share the tests must find the same ones.
    return sorted(found, key=lambda row: row[:2])


HANDLERS = _handlers()


def _id(case: object) -> str | None:
    return case if isinstance(case, str) else None


@pytest.mark.parametrize(("method", "path", "handler"), HANDLERS, ids=_id)
def test_every_route_is_guarded_or_public(
    method: str, path: str, handler: HTTPRouteHandler
) -> None:
    guards = {getattr(guard, "func", guard) for guard in handler.resolve_guards()}
    assert access.refuse_cross_site in guards, "another site may send this"
    if (method, path) in PUBLIC:
        assert handler.opt.get("public") is True and not guards & GUARDS
    else:
        assert handler.opt.get("public") is None
        assert len(guards & GUARDS) == 1, "exactly one says who gets in"


def test_other_sites_may_send_these_forms_only() -> None:
    """What mail programs press for their users, and what identity providers call.

    Both look at no session.
    """
    open_to_all = {(method, path) for method, path, h in HANDLERS if h.opt.get("any_site")}
    assert open_to_all == {
        ("POST", "/unsubscriptions/{token}"),
        ("POST", "/login/single-sign-on/{id}/back-channel-logout"),
        ("POST", "/login/single-sign-on/staff/back-channel-logout"),
    }


def test_every_public_route_is_there() -> None:
    assert {(method, path) for method, path, _ in HANDLERS} >= PUBLIC


@pytest.mark.parametrize(("method", "path", "handler"), HANDLERS, ids=_id)
def test_addresses_are_kebab_case(method: str, path: str, handler: HTTPRouteHandler) -> None:
    for part in path.strip("/").split("/"):
        assert not part or PART.fullmatch(part), f"{part} in {path}"


@pytest.mark.parametrize(("method", "path", "handler"), HANDLERS, ids=_id)
def test_handlers_answer_get_and_post_only(
    method: str, path: str, handler: HTTPRouteHandler
) -> None:
    """Forms know no other methods, and every journey works as plain forms."""
    assert method in {"GET", "POST"}
