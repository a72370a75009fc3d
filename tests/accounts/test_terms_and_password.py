"""The way in: terms of use, then a password of one's own, then the wanted page."""

import httpx
import pytest

from app.accounts.passwords import TOO_EASY, TOO_SHORT, hash_password, verify_password, weakness
from app.accounts.queries import own_words
from app.accounts.services import publish_terms_of_use
from app.database import fetch, fetch_value
from tests.conftest import Portal

GOOD = "correct horse battery staple mountain"
WANTED = "/contracts?order=end"
AGREE = {"agree": "1", "version": "1"}


@pytest.fixture
async def newcomer(portal: Portal) -> httpx.AsyncClient:
    return await portal.signed_in("newcomer")


async def test_terms_then_password_then_the_wanted_page(newcomer: httpx.AsyncClient) -> None:
    first = await newcomer.get(WANTED)
    assert first.headers["location"] == "/terms?next=%2Fcontracts%3Forder%3Dend"
    terms = await newcomer.get(first.headers["location"])
    assert "利用規約に同意する" in terms.text and f'name="next" value="{WANTED}"' in terms.text
    second = await newcomer.post("/terms", data={**AGREE, "next": WANTED})
    assert second.headers["location"] == WANTED
    third = await newcomer.get(WANTED)
    assert third.headers["location"] == "/password?next=%2Fcontracts%3Forder%3Dend"
    assert f'name="next" value="{WANTED}"' in (await newcomer.get(third.headers["location"])).text
    form = {"password": GOOD, "again": GOOD, "next": WANTED}
    assert (await newcomer.post("/password", data=form)).headers["location"] == WANTED
    assert "新店舗契約" in (await newcomer.get(WANTED)).text


async def test_nothing_else_opens_before(newcomer: httpx.AsyncClient) -> None:
    for path in ("/", "/contracts", "/contracts/D-1004", "/profile", "/password"):
        assert (await newcomer.get(path)).headers["location"].startswith("/terms")
    asked = await newcomer.get("/contracts", headers={"HX-Request": "true"})
    assert asked.headers["hx-redirect"].startswith("/terms")
    await newcomer.post("/terms", data=AGREE)
    for path in ("/", "/contracts", "/contracts/D-1004", "/profile"):
        assert (await newcomer.get(path)).headers["location"].startswith("/password")
    assert (await newcomer.post("/logout")).headers["location"] == "/login"


async def test_terms_have_to_be_ticked(newcomer: httpx.AsyncClient) -> None:
    answer = await newcomer.post("/terms", data={"version": "1", "next": WANTED})
    assert answer.status_code == 422 and '<a href="#agree">' in answer.text
    assert f'name="next" value="{WANTED}"' in answer.text
    assert (await newcomer.get("/")).headers["location"] == "/terms"


async def test_each_acceptance_is_recorded_once_with_version_and_time(
    newcomer: httpx.AsyncClient,
) -> None:
    for _ in range(3):
        assert (await newcomer.post("/terms", data=AGREE)).status_code == 303
    rows = await fetch(
        "select t.version, a.accepted_at from terms_of_use_acceptance a"
        " join terms_of_use t on t.id = a.terms_of_use"
        " join portal_user u on u.id = a.\"user\" where u.code = 'newcomer'"
    )
    assert [row["version"] for row in rows] == [1] and rows[0]["accepted_at"]
    events = await fetch_value(
        "select count(*) from audit_event e join portal_user u on u.id = e.actor"
        " where e.event_type = 'terms-acceptance' and u.code = 'newcomer'"
    )
    assert events == 1


async def test_a_new_version_asks_again(owner: httpx.AsyncClient) -> None:
    assert (await owner.get("/")).status_code == 200
    await publish_terms_of_use("# 新しい規約\n\n本文", "# New terms\n\nText")
    assert (await owner.get("/contracts")).headers["location"].startswith("/terms")
    page = await owner.get("/terms")
    assert "新しい規約" in page.text and 'name="version" value="2"' in page.text
    assert (await owner.post("/terms", data={**AGREE, "version": "2"})).status_code == 303
    assert (await owner.get("/")).status_code == 200
    versions = await fetch_value(
        'select count(*) from terms_of_use_acceptance a join portal_user u on u.id = a."user"'
        " where u.code = 'owner'"
    )
    assert versions == 2


async def test_terms_that_changed_while_they_were_read_are_read_again(
    newcomer: httpx.AsyncClient,
) -> None:
    await publish_terms_of_use("# 新しい規約", "# New terms")
    answer = await newcomer.post("/terms", data=AGREE)
    assert answer.status_code == 422
    assert "新しい規約" in answer.text and 'name="version" value="2"' in answer.text
    assert (
        await fetch_value(
            "select count(*) from terms_of_use_acceptance a join portal_user u"
            " on u.id = a.\"user\" where u.code = 'newcomer'"
        )
        == 0
    )


@pytest.mark.parametrize("version", ["", "0", "99", "x", "9" * 5000])
async def test_a_version_that_there_is_none_of_is_not_accepted(
    newcomer: httpx.AsyncClient, version: str
) -> None:
    answer = await newcomer.post("/terms", data={"agree": "1", "version": version})
    assert answer.status_code == 422
    assert (await newcomer.get("/")).headers["location"] == "/terms"


async def test_the_terms_can_be_read_again_later_without_a_form(owner: httpx.AsyncClient) -> None:
    page = await owner.get("/terms")
    assert "利用条件を定める" in page.text and 'action="/terms"' not in page.text


async def test_before_there_are_terms_their_page_says_so(owner: httpx.AsyncClient) -> None:
    await fetch("delete from terms_of_use_acceptance")
    await fetch("delete from terms_of_use")
    page = await owner.get("/terms")
    assert page.status_code == 200 and "利用規約はまだありません。" in page.text
    assert 'action="/terms"' not in page.text


async def test_the_terms_are_shown_in_the_readers_language(portal: Portal) -> None:
    async with await portal.signed_in("english") as english:
        assert "These terms of use set out" in (await english.get("/terms")).text


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", TOO_SHORT),
        ("a" * 14, TOO_SHORT),
        ("aaaaaaaaaaaaaaa", TOO_EASY),
        ("123456789012345", TOO_EASY),
        ("passwordpassword", TOO_EASY),
        ("newcomernewcomer", TOO_EASY),
        ("newcomer@example.com", TOO_EASY),
        ("licenseportal2026", TOO_EASY),
        ("KAIGI-RESERVE-2026", TOO_EASY),
        (GOOD, None),
        ("ひらがなでも長ければよいのです", None),
    ],
)
def test_a_password_is_long_and_hard_to_guess(password: str, reason: str | None) -> None:
    own = ["newcomer", "高橋 健", "newcomer@example.com", "KAIGI-RESERVE"]
    assert weakness(password, own) == reason


async def test_the_names_of_the_products_are_easy_to_guess(portal: Portal) -> None:
    [newcomer] = await fetch("select id from portal_user where code = 'newcomer'")
    words = await own_words(newcomer["id"])
    assert {"newcomer", "WORKFLOW", "業務基盤プラットフォーム"} <= set(words)


@pytest.fixture
async def at_password(newcomer: httpx.AsyncClient) -> httpx.AsyncClient:
    await newcomer.post("/terms", data=AGREE)
    return newcomer


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "password"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "newcomernewcomer", "again": "newcomernewcomer"}, "password"),
        ({"password": GOOD, "again": GOOD.upper()}, "again"),
        ({"password": GOOD}, "again"),
        ({"password": "a" * 2000, "again": "a" * 2000}, "password"),
    ],
)
async def test_what_is_wrong_with_a_new_password_is_told_beside_it(
    at_password: httpx.AsyncClient, form: dict[str, str], field: str
) -> None:
    answer = await at_password.post("/password", data={**form, "next": WANTED})
    assert answer.status_code == 422 and f'<a href="#{field}">' in answer.text
    assert f'name="next" value="{WANTED}"' in answer.text
    assert (await at_password.get("/")).headers["location"].startswith("/password")


async def test_the_new_password_signs_in_and_the_old_one_does_not(
    portal: Portal, at_password: httpx.AsyncClient
) -> None:
    await at_password.post("/password", data={"password": GOOD, "again": GOOD})
    async with portal.anonymous() as client:
        form = {"code": "newcomer", "password": "portal-demo-2026"}
        assert (await client.post("/login", data=form)).status_code == 422
        assert (await client.post("/login", data={**form, "password": GOOD})).status_code == 303


@pytest.mark.usefixtures("costly_passwords")
async def test_a_password_is_hashed_with_argon2id_in_64_mib_and_three_passes() -> None:
    hashed = await hash_password(GOOD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert await verify_password(hashed, GOOD) and not await verify_password(hashed, GOOD.upper())


async def test_a_new_password_ends_the_other_sessions(
    portal: Portal, at_password: httpx.AsyncClient
) -> None:
    async with await portal.signed_in("newcomer") as elsewhere:
        await at_password.post("/password", data={"password": GOOD, "again": GOOD})
        assert (await elsewhere.get("/")).headers["location"].startswith("/login")
    assert (await at_password.get("/")).status_code == 200


async def test_nobody_changes_the_password_without_being_asked_to(
    owner: httpx.AsyncClient,
) -> None:
    before = await fetch_value("select password_hash from portal_user where code = 'owner'")
    answer = await owner.post("/password", data={"password": GOOD, "again": GOOD})
    assert answer.headers["location"] == "/"
    after = await fetch_value("select password_hash from portal_user where code = 'owner'")
    assert before == after
