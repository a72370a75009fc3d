"""Secrets and signatures, as Standard Webhooks defines them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32


def make_secret() -> str:
    """Return a new secret: the prefix, then random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(keys: Sequence[str], id: str, timestamp: int, body: str) -> str:
    """Return the header `webhook-signature`: one signature for each secret that is in use."""
    signed = f"{id}.{timestamp}.{body}".encode()
    return " ".join("v1," + _sign(key, signed) for key in keys)


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
