"""A receiver with a certificate, and a portal that may reach it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.settings import Settings
from app.webhooks.courier import WebhookCourier
from app.webhooks.worker import WebhookDeliveries
from tests.conftest import Portal
from tests.webhooks.authority import Authority, make_authority
from tests.webhooks.receiver import Receiver, receiver_at

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom the portal of these tests trusts."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def receiver(authority: Authority) -> AsyncIterator[Receiver]:
    """A receiver on loopback."""
    async with receiver_at(authority.server) as receiver:
        yield receiver


@pytest.fixture
def settings(portal: Portal) -> Settings:
    """The portal's settings, which allow loopback."""
    return replace(portal.settings, webhook_addresses=LOOPBACK)


@pytest.fixture
def courier(authority: Authority) -> WebhookCourier:
    """A courier that reaches loopback, and waits for a second at most."""
    return WebhookCourier(LOOPBACK, trust=authority.trust, seconds=1.0)


@pytest.fixture
def worker(settings: Settings, courier: WebhookCourier) -> WebhookDeliveries:
    """A worker with this courier."""
    return WebhookDeliveries(settings, courier=courier)
