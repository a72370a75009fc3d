"""The chain's rule, and what its check finds, without a database."""

import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.chain import (
    FIRST_DIGEST,
    ChainCheck,
    Event,
    Fault,
    Finding,
    Link,
    canonical,
    link_digest,
    walk,
)
from app.audit.heads import BadHead, Head, key_id, keys_by_id, read_head, sign_head

EVENT = Event(
    id="0198f0a0-0000-7000-8000-000000000001",
    at="2026-11-22T01:02:03.000004Z",
    event_type="environment-creation",
    actor="0198f0a0-0000-7000-8000-000000000002",
    contract="0198f0a0-0000-7000-8000-000000000003",
    subject="",
    details='{"name": "本番\\n\\"1\\""}',
    request_id="00ff",
)


def chain(length: int) -> list[Link]:
    """A chain as it is linked."""
    links, digest = [], FIRST_DIGEST
    for number in range(1, length + 1):
        event = replace(EVENT, request_id=str(number))
        digest = link_digest(digest, number, event)
        links.append(Link(number, event, digest))
    return links


def check(links: list[Link], heads: dict[int, bytes]) -> list[Finding]:
    return walk(iter(links), heads).findings


def test_the_rule_is_the_one_that_the_format_describes() -> None:
    text = canonical(1, EVENT)
    assert text.decode() == (
        '["1","0198f0a0-0000-7000-8000-000000000001","2026-11-22T01:02:03.000004Z",'
        '"environment-creation","0198f0a0-0000-7000-8000-000000000002",'
        '"0198f0a0-0000-7000-8000-000000000003","",'
        '"{\\"name\\": \\"本番\\\\n\\\\\\"1\\\\\\"\\"}","00ff"]'
    )
    assert json.loads(text)[7] == EVENT.details
    digest = link_digest(FIRST_DIGEST, 1, EVENT)
    assert digest == hashlib.sha256(bytes(32) + text).digest()
    assert digest.hex() == "4bfc7b028fd1dfac7ccd738cb19c6d8f763a6f9f81e54e416f5b0eb9aeb13b1f"


def test_a_whole_chain_has_no_findings() -> None:
    links = chain(20)
    assert check(links, {10: links[9].digest, 20: links[19].digest}) == []


def test_a_changed_event_is_found_where_it_is() -> None:
    links = chain(20)
    assert links[6].event
    links[6] = replace(links[6], event=replace(links[6].event, actor=""))
    found = check(links, {20: links[19].digest})
    assert [(f.fault, f.number) for f in found] == [(Fault.CHANGED, 7)]


def test_a_removed_link_is_found_where_it_was() -> None:
    links = chain(20)
    end = links[19].digest
    del links[6:8]
    found = check(links, {20: end})
    assert [(f.fault, f.number, f.last) for f in found] == [(Fault.MISSING, 7, 8)]


def test_an_inserted_link_is_found() -> None:
    links = chain(20)
    links.insert(7, links[6])
    found = check(links, {20: links[-1].digest})
    assert [(f.fault, f.number) for f in found] == [(Fault.INSERTED, 7)]


def test_a_chain_made_anew_after_a_change_is_not_the_signed_one() -> None:
    signed = {5: chain(20)[4].digest, 10: chain(20)[9].digest, 20: chain(20)[19].digest}
    links, digest = chain(20), chain(20)[5].digest
    for place in range(6, 20):
        event = replace(EVENT, event_type="forged") if place == 6 else links[place].event
        assert event
        digest = link_digest(digest, place + 1, event)
        links[place] = Link(place + 1, event, digest)
    found = check(links, signed)
    assert [(f.fault, f.number) for f in found] == [(Fault.REWRITTEN, 10), (Fault.REWRITTEN, 20)]


def test_a_chain_cut_off_at_its_end_is_found_by_the_head() -> None:
    links = chain(20)
    found = check(links[:15], {20: links[19].digest})
    assert [(f.fault, f.number, f.last) for f in found] == [(Fault.CUT_OFF, 16, 20)]


def test_events_beyond_the_last_head_are_told() -> None:
    links = chain(20)
    found = check(links, {15: links[14].digest})
    assert [(f.fault, f.number, f.last) for f in found] == [(Fault.UNSIGNED, 16, 20)]


def test_an_empty_log_is_whole() -> None:
    assert ChainCheck({}).finish() == []


def test_a_head_is_read_back_and_only_under_its_key() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    head = Head("http://127.0.0.1:8000", 1_800_000_000, 20, bytes(range(32)))
    text = sign_head(head, key_id(key.public_key()), key.sign)
    assert read_head(text, keys_by_id(key.public_key())) == head
    with pytest.raises(BadHead):
        read_head(text, keys_by_id(other.public_key()))


def test_a_head_changed_in_any_character_is_refused() -> None:
    key = Ed25519PrivateKey.generate()
    keys = keys_by_id(key.public_key())
    head = Head("http://127.0.0.1:8000", 1_800_000_000, 20, bytes(range(32)))
    text = sign_head(head, key_id(key.public_key()), key.sign)
    for place in range(len(text) - 1):  # the last one has bits that mean nothing
        changed = "A" if text[place] != "A" else "B"
        with pytest.raises(BadHead):
            read_head(text[:place] + changed + text[place + 1 :], keys)


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c", "e30.e30.", "W10.W10.AA", "…", "." * 9])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(BadHead):
        read_head(text, {})


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(raw)
    assert key_id(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
