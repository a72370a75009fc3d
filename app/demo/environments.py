"""The demo's environments, and the first activation of 本番環境."""

import base64
import hashlib
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import clock
from app.activation.download_services import mark_downloaded
from app.activation.format.jws import ALGORITHM, encode, write_jwk
from app.activation.services import answer_request
from app.contracts.queries import find_contract
from app.demo.made import World
from app.environments.services import create_environment, set_allocations
from app.environments.values import EnvironmentValues

# contract, name, sort key, who makes it, allocations
ENVIRONMENTS = [
    ("D-1001", "本番環境", 10, "owner", {"PLATFORM": 4, "WORKFLOW": 300}),
    ("D-1001", "検証環境", 20, "owner", {"PLATFORM": 1, "WORKFLOW": 20}),
    ("D-2001", "他社本番", 10, "outsider", {"PLATFORM": 6}),
]


async def make_environments(world: World) -> None:
    """Three environments with their allocations; 本番環境 is activated."""
    made: dict[str, UUID] = {}
    for number, name, sort_key, maker, quantities in ENVIRONMENTS:
        made[name] = await create_environment(
            contract=world.contracts[number],
            values=EnvironmentValues(name, sort_key),
            actor=world.users[maker],
        )
        await set_allocations(
            contract=world.contracts[number],
            environment=made[name],
            quantities={
                world.entitlements[number, code]: quantity for code, quantity in quantities.items()
            },
            actor=world.users[maker],
        )
    await _activate(world, made["本番環境"])


async def _activate(world: World, environment: UUID) -> None:
    owner = world.users["owner"]
    contract = await find_contract(owner, "D-1001")
    assert contract is not None
    answer = await answer_request(world.settings, contract, environment, _request_file(), owner)
    await mark_downloaded(contract, environment, answer.seq, owner)


def _request_file() -> bytes:
    """A request as a licensed system makes it; its key is thrown away, because no system runs."""
    key = Ed25519PrivateKey.generate()
    salt = secrets.token_bytes(16)
    components = {
        name: hashlib.sha256(salt + f"{name} of the demo".encode()).hexdigest()
        for name in ("machine", "network", "host")
    }
    claims = {
        "aud": "license-portal",
        "iat": int(clock.now().timestamp()),
        "jti": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        "system": {"name": "基幹サーバ", "host": "core01.example.com", "os": "Linux 6.1"},
        "products": [
            {"code": "PLATFORM", "version": "5.0"},
            {"code": "WORKFLOW", "version": "3.2"},
        ],
        "fp": components,
        "fp_salt": base64.urlsafe_b64encode(salt).rstrip(b"=").decode(),
        "prev_seq": 0,
        "prev_jti": None,
        "purpose": "activate",
    }
    header = {"typ": "activation-request+jwt", "alg": ALGORITHM, "jwk": write_jwk(key.public_key())}
    return encode(header, claims, key.sign).encode()
