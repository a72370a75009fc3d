"""scim2-tester against the portal of a test: what it calls, and the addresses that it tries."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, overload

from scim2_client import BaseSyncSCIMClient
from scim2_client.engines.asgi import ASGISCIMClient
from scim2_tester import CheckResult, check_server

from tests.conftest import Portal
from tests.provisioning.steps import SCIM, TYPE


class Fresh(Sequence[str]):
    """Addresses of a domain, another one each time: the tester cannot know the domain."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return f"person-{next(self._numbers)}@example.com"

    def __iter__(self) -> Iterator[str]:
        return iter([self[0]])


class Calls(BaseSyncSCIMClient):
    """A client for the tester, whose calls run in the loop of the test."""

    def __init__(self, portal: Portal, token: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": TYPE}
        base = f"{portal.settings.base_url}{SCIM}"
        self._calls, self._loop = ASGISCIMClient(portal.app, base, headers), loop

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return self._calls._stays_under_base_url(endpoint)

    def _parse_json(self, response: Any) -> Any:
        return response.json()

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        called = self._calls.request(method, url, **kwargs)
        return asyncio.run_coroutine_threadsafe(called, self._loop).result(30)


def check(client: Calls) -> list[CheckResult]:
    """Run every check; return their results."""
    client.discover()
    [user] = client.provider.models
    email: Any = user.get_field_root_type("emails")
    fresh = Fresh()
    for model, field in ((user, "user_name"), (email, "value")):
        model.model_fields[field].examples = fresh
    return check_server(client)
