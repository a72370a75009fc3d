"""Names can be seen, and do not turn the text around them; else a form says so."""

import unicodedata
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.characters import composed
from app.web.texts import BLANK_SIGNS, DIRECTION_SIGNS, can_be_seen
from tests.accounts.factors import HOME
from tests.conftest import Portal
from tests.people.post import REGISTRATION, invite, link_to
from tests.web.test_forms import fields

# Spaces, controls, format signs, combining marks, and signs that only look like letters.
INVISIBLE = st.one_of(
    st.characters(categories=["Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me", "Mc"]),
    st.sampled_from(sorted(BLANK_SIGNS)),
)
VISIBLE = st.characters(categories=["L", "N", "P", "S"], exclude_characters="".join(BLANK_SIGNS))


def problem_of(name: str) -> str:
    form = fields(name=name)
    form.text("name", "Name", maximum=1000)
    return form.errors.get("name", "")


@given(st.text(INVISIBLE, min_size=1, max_size=30))
def test_a_name_that_nobody_can_see_is_refused(name: str) -> None:
    assert not can_be_seen(name)
    assert problem_of(name)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "Mn"]), max_size=20), VISIBLE)
def test_a_name_with_something_to_see_is_kept_as_written(text: str, sign: str) -> None:
    name = (text + sign).strip()
    assert problem_of(name) == ""
    assert fields(name=name).text("name", "Name") == composed(name)


@given(st.sampled_from(sorted(DIRECTION_SIGNS)), st.text(VISIBLE, min_size=1), st.text(VISIBLE))
def test_a_sign_that_turns_the_direction_is_refused(sign: str, before: str, after: str) -> None:
    assert problem_of(before + sign + after)


@pytest.mark.parametrize(
    "name",
    [
        "山田　太郎", "e\u0301", "👩\u200d💻", "नमस्ते", "کتاب\u200cها",
        "שלום\u200e (1)", "㈱", "\ue000", "1", "—",
    ],
)  # fmt: skip
def test_what_people_write_is_taken(name: str) -> None:
    """Joiners within emoji and Persian words, marks of direction that turn nothing, gaiji."""
    assert problem_of(name) == ""


def test_blank_signs_are_those_whose_category_is_no_help() -> None:
    assert all(unicodedata.category(sign)[0] in "LS" for sign in BLANK_SIGNS)


@pytest.mark.parametrize("name", ["\u200b\u2060", "\u3164", "\u3000\u00a0", "a\u202eb"])
async def test_every_form_with_a_name_says_so(
    portal: Portal, owner: httpx.AsyncClient, name: str
) -> None:
    forms = [
        ("/contracts/D-1001/environments/new", {"name": name, "sort_key": "1"}),
        ("/profile", {"name": name, "language": "ja"}),
        (f"{HOME}/passkeys/new", {"name": name, "credential": ""}),
    ]
    await invite(owner, "arai@example.com")
    join = await link_to(portal, "arai@example.com")
    for client, path, form in (
        *((owner, path, form) for path, form in forms),
        (portal.anonymous(), join, {**REGISTRATION, "name": name}),
    ):
        answer = await client.post(
            path,
            content=urlencode(form),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 422 and 'href="#name"' in answer.text, path
