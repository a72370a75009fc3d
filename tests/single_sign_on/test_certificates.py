"""A provider over TLS: whose certificate counts, and what people read where it does not."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.main import make_app
from app.settings import SettingsError, read_settings
from tests.conftest import Portal
from tests.single_sign_on.provider import Provider, running
from tests.single_sign_on.sides import SIDES, Side
from tests.single_sign_on.steps import arrive, recorded, refused_as, sessions
from tests.webhooks.authority import Authority, make_authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The certificate authority of the house."""
    return make_authority(tmp_path)


@pytest.fixture
async def over_tls(authority: Authority) -> AsyncIterator[Provider]:
    """A provider that shows a certificate of that authority."""
    with running(Provider(), authority.server) as served:
        yield served


@pytest.fixture
def browser_trust(authority: Authority) -> ssl.SSLContext:
    """What the person's own browser trusts."""
    return authority.trust


def _trusting(portal: Portal, file: Path | None) -> Portal:
    settings = replace(portal.settings, provider_ca_file=file)
    return replace(portal, app=make_app(settings, portal.dsn), settings=settings)


@pytest.fixture(params=SIDES, ids=lambda side: side.name)
def side(request: pytest.FixtureRequest) -> Side:
    """A company's connection, and the vendor's."""
    found: Side = request.param
    return found


async def test_an_authority_of_the_setting_counts(
    portal: Portal,
    over_tls: Provider,
    authority: Authority,
    side: Side,
    browser_trust: ssl.SSLContext,
) -> None:
    trusting = _trusting(portal, authority.file)
    await side.connect_linked(trusting, over_tls)
    async with trusting.anonymous() as visitor:
        answer = await arrive(visitor, side.address, trust=browser_trust)
        assert answer.status_code == 303, answer.text
    assert await sessions(side.person) == 1


@pytest.mark.parametrize("kind", ["none", "another"])
async def test_an_unknown_authority_is_refused_with_a_clear_page(
    portal: Portal, over_tls: Provider, side: Side, kind: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    trusting = _trusting(portal, make_authority(other).file if kind == "another" else None)
    connection = await side.connect(trusting, over_tls)
    async with trusting.anonymous() as visitor:
        data = {"code": side.address, "password": ""}
        handed = await visitor.post("/login", data=data)
        answer = await visitor.post(handed.headers["location"], data=data)
    assert answer.status_code == 424 and refused_as(answer) == "provider-certificate"
    assert "証明書を検証できませんでした" in answer.text
    [event] = await recorded("single-sign-on-refusal")
    assert event["why"] == "provider-certificate"
    assert over_tls.calls == [] and connection.issuer.startswith("https://")


@pytest.mark.parametrize("content", [None, b"", b"no certificate"], ids=["no-file", "empty", "x"])
def test_a_file_that_is_none_is_named_at_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match="PORTAL_PROVIDER_CA_FILE"):
        read_settings({"PORTAL_PROVIDER_CA_FILE": str(file)})


def test_the_file_of_the_setting_is_read(authority: Authority) -> None:
    settings = read_settings({"PORTAL_PROVIDER_CA_FILE": str(authority.file)})
    assert settings.provider_ca_file == authority.file
