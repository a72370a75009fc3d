"""What a token looks like, and what something else in its place looks like."""

import re

import pytest

from app.service_accounts.token_rules import Credential, credential_of, is_whole, make_token
from tests.conventions.sources import PROJECT


def test_a_token_has_its_documented_form_and_is_never_the_same() -> None:
    tokens = {make_token() for _ in range(200)}
    assert len(tokens) == 200
    for token in tokens:
        assert token.startswith("lp1_c") and len(token) == 54 and token.isascii()
        assert is_whole(token)
        assert credential_of(f"Bearer {token}") == (Credential.TOKEN, token)


def test_the_documented_token_has_a_right_checksum_and_is_found_by_the_documented_expression() -> (
    None
):
    page = (PROJECT / "docs" / "formats" / "service-tokens.md").read_text("utf-8")
    blocks = re.findall(r"```\n(.+)\n```", page)
    assert is_whole(blocks[0]) and re.fullmatch(blocks[1], blocks[0])
    assert re.fullmatch(blocks[1], make_token())


def test_a_token_with_any_other_letter_is_told_from_a_whole_one() -> None:
    token = make_token()
    for place in range(5, len(token)):
        other = "0" if token[place] != "0" else "1"
        mangled = token[:place] + other + token[place + 1 :]
        assert credential_of(f"Bearer {mangled}")[0] is Credential.MANGLED, place
    assert credential_of(f"Bearer {token[:-1]}")[0] is Credential.MANGLED


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("", Credential.NONE),
        ("Bearer", Credential.NONE),
        ("Basic b3duZXI6cGFzc3dvcmQ=", Credential.BASIC),
        ("Digest username=owner", Credential.OTHER_SCHEME),
        ("Bearer " + "Aa0-_" * 8 + "Aa0", Credential.SESSION),
        ("Bearer PORTAL-FREE1-22222-33333", Credential.LICENSE_KEY),
        ("Bearer e30.e30.e30", Credential.FILE),
        ("Bearer secret", Credential.UNKNOWN),
    ],
)
def test_another_credential_is_named_by_its_kind(header: str, kind: Credential) -> None:
    assert credential_of(header) == (kind, "")
