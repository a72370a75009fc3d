"""What a provider sends back and does not count: each refusal is recorded, and opens nothing."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from app.database import fetch
from app.single_sign_on.rules import sign_in_path
from tests.conftest import Portal
from tests.single_sign_on.provider import (
    CLIENT,
    Claims,
    Provider,
    running,
    signing_key,
    usual_token,
)
from tests.single_sign_on.sides import SIDES, Side
from tests.single_sign_on.steps import (
    arrive,
    connect,
    depart,
    link_account,
    query_of,
    recorded,
    refused_as,
    sessions,
    visit,
)

OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1"}, private=True)
SHORT_KEY = RSAKey.generate_key(1024, {"kid": "k1"}, private=True)


def with_claims(**claims: object) -> Callable[[Claims], Claims]:
    """Change claims, and leave those out that are None."""

    def change(usual: Claims) -> Claims:
        changed = {**usual, **claims}
        return {name: value for name, value in changed.items() if value is not None}

    return change


NOW = int(time.time())
CLAIMS: list[tuple[Claims, str]] = [
    ({"iss": "https://other.example"}, "wrong-issuer"),
    ({"iss": None}, "wrong-issuer"),
    ({"aud": "another-client"}, "wrong-audience"),
    ({"aud": None}, "wrong-audience"),
    ({"aud": ["another-client"]}, "wrong-audience"),
    ({"aud": [CLIENT, "another-client"]}, "wrong-audience"),
    ({"aud": [CLIENT, "another-client"], "azp": "another-client"}, "wrong-audience"),
    ({"azp": "another-client"}, "wrong-audience"),
    ({"nonce": "another"}, "wrong-nonce"),
    ({"nonce": None}, "wrong-nonce"),
    ({"exp": NOW - 600}, "expired"),
    ({"iat": NOW + 86400}, "expired"),
    ({"nbf": NOW + 86400}, "expired"),
    ({"exp": None}, "malformed"),
    ({"exp": "tomorrow"}, "malformed"),
    ({"exp": True}, "malformed"),
    ({"iat": None}, "malformed"),
    ({"sub": None}, "malformed"),
    ({"sub": ""}, "malformed"),
    ({"sub": "s" * 256}, "malformed"),
    ({"email": None}, "unverified-address"),
    ({"email": ["owner@example.com"]}, "unverified-address"),
    ({"email": "owner@example.com, staff@example.org"}, "unverified-address"),
    ({"email_verified": False}, "unverified-address"),
    ({"email_verified": None}, "unverified-address"),
    ({"email_verified": "yes"}, "unverified-address"),
    ({"email_verified": None, "xms_edov": 0}, "unverified-address"),
    ({"email_verified": False, "xms_edov": True}, "unverified-address"),
    ({"email": "outsider@example.net"}, "foreign-address"),
    ({"email": "BELOW"}, "foreign-address"),
    ({"email": "FOREIGN"}, "foreign-address"),
]


@pytest.fixture(params=SIDES, ids=lambda side: side.name)
def side(request: pytest.FixtureRequest) -> Side:
    """A company's connection, and the vendor's: both refuse the same."""
    found: Side = request.param
    return found


def _name(value: object) -> str:
    return str(value)[:40] if isinstance(value, dict) else str(value)


async def _refused(portal: Portal, provider: Provider, side: Side, code: str) -> None:
    await side.connect_linked(portal, provider)
    async with portal.anonymous() as visitor:
        answer = await arrive(visitor, side.address)
        assert refused_as(answer) == code
        assert (await visitor.get("/")).headers["location"] == "/login"
    assert await sessions(side.person) == 0
    assert [each["why"] for each in await recorded("single-sign-on-refusal")] == [code]


@pytest.mark.parametrize(
    ("claims", "code"),
    CLAIMS,
    ids=[f"{n}-{'-'.join(claims)}" for n, (claims, _) in enumerate(CLAIMS)],
)
async def test_claims_that_do_not_fit_are_refused(
    portal: Portal, provider: Provider, side: Side, claims: Claims, code: str
) -> None:
    named = {"BELOW": side.below, "FOREIGN": side.foreign}
    claims = {name: named.get(str(value), value) for name, value in claims.items()}
    provider.change = with_claims(**claims)
    await _refused(portal, provider, side, code)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "another-client"], "azp": CLIENT},
        {"email_verified": None, "xms_edov": "1"},
        {"email": "CAPITALS"},
    ],
    ids=["aud-as-list", "azp", "entra-id", "capitals"],
)
async def test_claims_that_are_spelled_otherwise_count(
    portal: Portal, provider: Provider, side: Side, claims: Claims
) -> None:
    if "email" in claims:
        claims = {"email": side.address.upper()}
    provider.change = with_claims(**claims)
    await side.connect_linked(portal, provider)
    async with portal.anonymous() as visitor:
        assert (await arrive(visitor, side.address)).status_code == 303


def _by(header: dict[str, Any], key: Any) -> Callable[[Claims], str]:
    return lambda claims: jwt.encode(header, claims, key, [header["alg"]])


def _part(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


NONE, SHARED = b'{"alg":"none"}', b'{"alg":"HS256","kid":"k1"}'


def _unsigned(claims: Claims) -> str:
    return f"{_part(NONE)}.{_part(json.dumps(claims).encode())}."


def _by_the_public_key(claims: Claims) -> str:
    """Sign with what everybody knows, as if it were a shared secret."""
    signed = f"{_part(SHARED)}.{_part(json.dumps(claims).encode())}"
    key = signing_key().as_pem(private=False)
    return f"{signed}.{_part(hmac.digest(key, signed.encode(), 'sha256'))}"


def _by_another_algorithm(claims: Claims) -> str:
    kept = {k: v for k, v in signing_key().as_dict(private=True).items() if k != "alg"}
    return jwt.encode({"alg": "RS512", "kid": "k1"}, claims, RSAKey.import_key(kept), ["RS512"])


def _with_own_key(claims: Claims) -> str:
    """Bring the key along that it is signed with."""
    header = {"alg": "RS256", "jwk": OTHER_KEY.as_dict(private=False)}
    return jwt.encode(header, claims, OTHER_KEY)


def _changed_afterwards(claims: Claims) -> str:
    head, _, signature = usual_token(claims).split(".")
    other = usual_token({**claims, "sub": "s-2"}).split(".")[1]
    return f"{head}.{other}.{signature}"


SIGNATURES = {
    "none": (_unsigned, "wrong-algorithm"),
    "public-key-as-secret": (_by_the_public_key, "wrong-algorithm"),
    "rs512": (_by_another_algorithm, "wrong-algorithm"),
    "other-key": (_by({"alg": "RS256", "kid": "k1"}, OTHER_KEY), "wrong-signature"),
    "own-key": (_with_own_key, "malformed"),
    "unknown-kid": (_by({"alg": "RS256", "kid": "k2"}, signing_key()), "wrong-signature"),
    "changed": (_changed_afterwards, "wrong-signature"),
    "no-signature": (
        lambda claims: usual_token(claims).rpartition(".")[0] + ".",
        "wrong-signature",
    ),
    "no-token": (lambda claims: "nothing", "malformed"),
    "huge": (lambda claims: usual_token({**claims, "x": "x" * 20_000}), "malformed"),
}


@pytest.mark.parametrize("kind", sorted(SIGNATURES))
async def test_tokens_that_the_provider_did_not_sign_are_refused(
    portal: Portal, provider: Provider, side: Side, kind: str
) -> None:
    provider.sign, code = SIGNATURES[kind]
    await _refused(portal, provider, side, code)


async def test_header_fields_that_the_portal_does_not_know_say_nothing(
    portal: Portal, provider: Provider, side: Side
) -> None:
    registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    header = {"alg": "RS256", "kid": "k1", "own": "x"}
    provider.sign = lambda claims: jwt.encode(header, claims, signing_key(), registry=registry)
    await side.connect_linked(portal, provider)
    async with portal.anonymous() as visitor:
        assert (await arrive(visitor, side.address)).status_code == 303


async def test_a_short_key_of_the_provider_is_not_trusted(
    portal: Portal, provider: Provider, side: Side
) -> None:
    provider.key = SHORT_KEY
    provider.sign = _by({"alg": "RS256", "kid": "k1"}, SHORT_KEY)
    await _refused(portal, provider, side, "wrong-signature")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "https://other.example"}, "wrong-issuer-of-answer"),
        ({"iss": None}, "wrong-issuer-of-answer"),
        ({"code": None, "error": "access_denied"}, "provider-refused"),
        ({"code": None}, "provider-refused"),
        ({"code": "another"}, "code-refused"),
    ],
    ids=["issuer", "no-issuer", "denied", "no-code", "code"],
)
async def test_answers_that_do_not_fit_are_refused(
    portal: Portal, provider: Provider, side: Side, change: Claims, code: str
) -> None:
    provider.answer = with_claims(**change)
    await _refused(portal, provider, side, code)


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": None}], ids=["other", "none"])
async def test_a_state_that_nobody_began_is_refused_and_leaves_no_trace(
    portal: Portal, provider: Provider, side: Side, change: Claims
) -> None:
    provider.answer = with_claims(**change)
    await side.connect_linked(portal, provider)
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, side.address)) == "no-attempt"
    assert await sessions(side.person) == 0 and await recorded("single-sign-on-refusal") == []


async def test_a_state_counts_in_the_browser_only_that_began(
    portal: Portal, provider: Provider, side: Side
) -> None:
    await side.connect_linked(portal, provider)
    async with portal.anonymous() as visitor, portal.anonymous() as other:
        back = await visit(await depart(visitor, side.address))
        await depart(other, side.address)
        assert refused_as(await other.get(back)) == "no-attempt"
        async with portal.anonymous() as nobody:
            assert refused_as(await nobody.get(back)) == "no-attempt"
        assert (await visitor.get(back)).status_code == 303, "it is not used up by others"


async def test_a_code_of_another_sign_in_cannot_be_slipped_in(
    portal: Portal, provider: Provider, side: Side
) -> None:
    await side.connect_linked(portal, provider)
    async with portal.anonymous() as visitor, portal.anonymous() as attacker:
        injected = query_of(await visit(await depart(attacker, side.address)))["code"]
        back = httpx.URL(await visit(await depart(visitor, side.address)))
        answer = await visitor.get(str(back.copy_set_param("code", injected)))
        assert refused_as(answer) == "code-refused"
    assert await sessions(side.person) == 0


async def test_an_old_state_is_refused(portal: Portal, provider: Provider, side: Side) -> None:
    await side.connect_linked(portal, provider)
    async with portal.anonymous() as visitor:
        back = await visit(await depart(visitor, side.address))
        await fetch("update single_sign_on_attempt set expires_at = now()")
        assert refused_as(await visitor.get(back)) == "no-attempt"


async def test_answers_of_two_connections_cannot_be_mixed_up(
    portal: Portal, provider: Provider, side: Side
) -> None:
    await side.connect_linked(portal, provider)
    with running(Provider(address="outsider@example.net")) as theirs:
        other = await connect(portal, theirs, number="D-2001", domain="example.net")
        await link_account(other, "outsider")
        async with portal.anonymous() as visitor:
            back = await visit(await depart(visitor, side.address))
            place = f"/login/single-sign-on/{other.company}/callback"
            answer = await visitor.get(f"{place}?{httpx.URL(back).query.decode()}")
            assert refused_as(answer) == "no-attempt"
        assert theirs.calls == []
        async with portal.anonymous() as visitor:
            theirs.address = side.address
            assert refused_as(await arrive(visitor, "outsider@example.net")) == "foreign-address"
    assert await sessions(side.person) == 0 and await sessions("outsider") == 0


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({"issuer": "https://other.example"}, "wrong-issuer"),
        ({"token_endpoint": "http://id.example/token"}, "provider-down"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "provider-down"),
        ({"jwks_uri": None}, "provider-down"),
        ({"end_session_endpoint": 'https://id.example/"x'}, "provider-down"),
    ],
    ids=["issuer", "plain-http", "script", "no-keys", "quote"],
)
async def test_a_provider_that_says_nonsense_of_itself_is_not_asked(
    portal: Portal, provider: Provider, side: Side, metadata: Claims, code: str
) -> None:
    connection = await side.connect(portal, provider)
    provider.metadata = metadata
    async with portal.anonymous() as visitor:
        place = sign_in_path(connection.company)
        answer = await visitor.post(place, data={"code": side.address})
    assert refused_as(answer) == code and "refresh" not in answer.headers


async def test_a_wrong_client_secret_is_refused(
    portal: Portal, provider: Provider, side: Side
) -> None:
    connection = await side.connect_linked(portal, provider)
    await fetch(
        "update single_sign_on_connection set encrypted_secret = 'x' where id = $1", connection.id
    )
    async with portal.anonymous() as visitor:
        assert refused_as(await arrive(visitor, side.address)) == "code-refused"


async def test_an_account_cannot_be_linked_with_two_people(
    portal: Portal, provider: Provider, side: Side
) -> None:
    await side.connect_linked(portal, provider)
    address = side.address.replace(side.person, "one")
    await fetch("update portal_user set email = $1 where code = $2", address, side.colleague)
    provider.address = address
    async with portal.anonymous() as visitor:
        assert (await arrive(visitor, side.address)).status_code == 303
    assert await sessions(side.person) == 1 and await sessions(side.colleague) == 0
