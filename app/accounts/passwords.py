"""Passwords: hashing, off the event loop and never more at once than there are spare cores."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from app.web.i18n import N_

# What the page itself puts into people's heads (ASVS 5.0, 6.2.11); the products' names come from
# the catalogue.
WORDS_OF_THE_PORTAL = ["license", "licence", "portal", "licenseportal", "contract", "activation"]
# OWASP ASVS 5.0, 11.4.2: argon2id, 64 MiB, three passes.
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# Threads, not a semaphore: a hash that has begun continues when the request is gone, and counts.
_spare_cores = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), "passwords")
SHORTEST = 15
SHORTEST_WITH_FACTOR = 8
ZXCVBN_READS = 72
WEAKEST_SCORE = 3

TOO_SHORT = N_("Use at least 15 characters for the password.")
TOO_SHORT_WITH_FACTOR = N_("Use at least 8 characters for the password.")
TOO_EASY = N_("This password is too easy to guess. Use several unrelated words.")


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("a password that nobody has")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, in PHC string form."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_spare_cores, _hasher.hash, password)


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without a hash the same work is done in vain."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_spare_cores, _verify, password_hash, password)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        matches = _hasher.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def weakness(password: str, own_words: list[str], *, second_factor: bool = False) -> str | None:
    """Why a new password is not accepted, as a catalogue message, or None.

    Args:
        password: what the person wants.
        own_words: user code, names, addresses and products, which make a password easy to guess.
        second_factor: whether the person signs in with one; a shorter password is then enough.
    """
    if len(password) < (SHORTEST_WITH_FACTOR if second_factor else SHORTEST):
        return TOO_SHORT_WITH_FACTOR if second_factor else TOO_SHORT
    easy = [*own_words, *WORDS_OF_THE_PORTAL]
    if zxcvbn(password[:ZXCVBN_READS], easy)["score"] < WEAKEST_SCORE:
        return TOO_EASY
    return None
