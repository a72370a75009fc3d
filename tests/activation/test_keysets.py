"""The root vouches for signing keys; nothing else does."""

from datetime import timedelta
from typing import Any

import pytest

from app.activation.format.jws import decode, encode, thumbprint, write_jwk
from app.activation.format.keyset_keys import InvalidKeyset
from app.activation.format.keysets import (
    MAX_KEYS,
    Keyset,
    KeysetOutcome,
    import_refusal,
    public_jwks,
    read_signed_keyset,
    rotated_keyset,
    sign_keyset,
    unsigned_keyset,
)
from app.activation.format.strict_json import read_object, write_object
from tests.activation.makers import NOW, activation_file, key, keyset, keyset_key

ROOT = key("root")
ROOTS = [ROOT.public_key()]
DOCUMENT = unsigned_keyset(3, NOW, [keyset_key("first"), keyset_key("second")])


def signed(document: bytes = DOCUMENT) -> Keyset:
    found = read_signed_keyset(sign_keyset(document, ROOT).encode(), ROOTS)
    assert isinstance(found, Keyset), found
    return found


def by_root(payload: dict[str, Any], **header: Any) -> bytes:
    """What the root signs when nobody checks the document."""
    head = {"typ": "keyset+jwt", "alg": "EdDSA", "kid": thumbprint(ROOT.public_key()), **header}
    return encode(head, payload, ROOT.sign).encode()


def test_the_root_signs_version_time_and_keys() -> None:
    jws = decode(sign_keyset(DOCUMENT, ROOT).encode())
    assert jws.header == {
        "typ": "keyset+jwt",
        "alg": "EdDSA",
        "kid": thumbprint(ROOT.public_key()),
    }
    assert set(jws.payload) == {"version", "iat", "keys"}
    first = key("first").public_key()
    assert jws.payload["keys"][0] == {
        **write_jwk(first),
        "kid": thumbprint(first),
        "nbf": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(days=365)).timestamp()),
    }


def test_a_signed_keyset_is_read_again_by_any_of_several_roots() -> None:
    text = sign_keyset(DOCUMENT, ROOT)
    found = read_signed_keyset(text.encode() + b"\n", [key("older").public_key(), *ROOTS])
    assert isinstance(found, Keyset)
    assert (found.text, found.version) == (text, 3)
    assert found.issued_at == NOW
    assert [each.kid for each in found.keys] == [
        thumbprint(key(name).public_key()) for name in ("first", "second")
    ]


def test_a_key_is_good_from_its_first_second_to_the_one_before_its_last() -> None:
    found = signed()
    kid = found.keys[0].kid
    end = NOW + timedelta(days=365)
    assert found.key_for(kid, NOW)
    assert found.key_for(kid, end - timedelta(seconds=1))
    assert found.key_for(kid, NOW - timedelta(seconds=1)) is None
    assert found.key_for(kid, end) is None
    assert found.key_for("unknown", NOW) is None


def test_a_window_counts_in_whole_seconds_as_the_file_does() -> None:
    found = signed()
    last_moment = NOW + timedelta(days=365) - timedelta(microseconds=1)
    assert found.key_for(found.keys[0].kid, last_moment)


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (b"", KeysetOutcome.MALFORMED),
        (DOCUMENT, KeysetOutcome.MALFORMED),
        (activation_file().encode(), KeysetOutcome.WRONG_TYPE),
        (by_root({}, typ="JWT"), KeysetOutcome.WRONG_TYPE),
        (by_root({}, alg="Ed25519"), KeysetOutcome.WRONG_TYPE),
        (by_root({}, crit=["x"]), KeysetOutcome.WRONG_TYPE),
        (by_root({}, jwk=write_jwk(ROOT.public_key())), KeysetOutcome.WRONG_TYPE),
        (by_root({}, kid=["x"]), KeysetOutcome.UNKNOWN_ROOT),
        (sign_keyset(DOCUMENT, key("stranger")).encode(), KeysetOutcome.UNKNOWN_ROOT),
        (sign_keyset(DOCUMENT, ROOT).encode()[:-4] + b"AAAA", KeysetOutcome.BAD_SIGNATURE),
        (by_root({}), KeysetOutcome.INVALID_KEYS),
    ],
)
def test_another_file_is_refused_with_its_own_code(data: bytes, outcome: KeysetOutcome) -> None:
    assert read_signed_keyset(data, ROOTS) is outcome


def entry(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {**read_object(DOCUMENT.decode())["keys"][0], **changes}
    return {name: value for name, value in whole.items() if value is not ...}


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 0},
        {"version": True},
        {"version": "3"},
        {"iat": 1.5},
        {"iat": 10**15},
        {"keys": []},
        {"keys": {}},
        {"keys": ["key"]},
        {"keys": [entry(), entry()]},
        {"keys": [entry(kid="other")]},
        {"keys": [entry(d="secret")]},
        {"keys": [entry(alg="EdDSA")]},
        {"keys": [entry(x="A" * 43)]},
        {"keys": [entry(exp=...)]},
        {"keys": [entry(exp=int(NOW.timestamp()))]},
        {"keys": [entry(nbf=-1)]},
        {"extra": 1},
    ],
)
def test_a_document_that_breaks_the_format_is_neither_signed_nor_read(
    changes: dict[str, Any],
) -> None:
    document = {**read_object(DOCUMENT.decode()), **changes}
    with pytest.raises(InvalidKeyset):
        sign_keyset(write_object(document), ROOT)
    assert read_signed_keyset(by_root(document), ROOTS) is KeysetOutcome.INVALID_KEYS


@pytest.mark.parametrize("document", [b"", b"\xff", b"[]", b'{"version":1,"version":2}'])
def test_what_is_no_document_is_not_signed(document: bytes) -> None:
    with pytest.raises(InvalidKeyset):
        sign_keyset(document, ROOT)


def test_a_keyset_has_a_bounded_number_of_keys() -> None:
    keys = [keyset_key(f"k{each}") for each in range(MAX_KEYS + 1)]
    assert unsigned_keyset(1, NOW, keys[:MAX_KEYS])
    with pytest.raises(InvalidKeyset):
        unsigned_keyset(1, NOW, keys)


def test_a_rotation_adds_the_new_key_keeps_running_ones_and_drops_ended_ones() -> None:
    later = NOW + timedelta(days=200)
    ended, running, new = keyset_key("a", days=100), keyset_key("b"), keyset_key("c", later)
    current = signed(unsigned_keyset(3, NOW, [ended, running]))
    after = signed(rotated_keyset(current, [new], later))
    assert after.version == 4
    assert [each.kid for each in after.keys] == [running.kid, new.kid]


def test_the_first_keyset_has_version_one() -> None:
    assert keyset().version == 1


@pytest.mark.parametrize(
    ("version", "outcome"),
    [(2, KeysetOutcome.NOT_NEWER), (3, KeysetOutcome.NOT_NEWER), (4, None)],
)
def test_only_a_newer_version_follows(version: int, outcome: KeysetOutcome | None) -> None:
    new = signed(unsigned_keyset(version, NOW, [keyset_key("first")]))
    assert import_refusal(new, signed()) is outcome
    assert import_refusal(new, None) is None


def test_the_held_key_that_began_last_signs() -> None:
    later = NOW + timedelta(days=10)
    old, new = keyset_key("old"), keyset_key("new", later)
    found = signed(unsigned_keyset(1, NOW, [new, old]))
    both = {old.kid, new.kid}
    assert found.newest_key(both, NOW) == old
    assert found.newest_key(both, later) == new
    assert found.newest_key({old.kid}, later) == old
    assert found.newest_key(set(), later) is None


def test_the_public_key_set_names_no_algorithm_and_no_private_part() -> None:
    published = public_jwks(signed())["keys"]
    assert len(published) == 2
    for jwk in published:
        assert set(jwk) == {"kty", "crv", "x", "kid", "nbf", "exp", "use"}
