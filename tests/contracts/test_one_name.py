"""One name, one row: Unicode spells a name in several ways that look the same."""

import unicodedata

import asyncpg
import httpx
import pytest

from app.contracts.services import create_company, create_corporate_group
from app.database import fetch
from tests.environments.steps import NEW, confirm, environment, propose

COMPOSED = "試験ガギグ株式会社"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


async def test_the_database_takes_a_company_and_a_group_once(database: str) -> None:
    await create_company(COMPOSED, "シケン", actor=None)
    with pytest.raises(asyncpg.UniqueViolationError):
        await create_company(DECOMPOSED, "シケン", actor=None)
    await create_corporate_group(DECOMPOSED, actor=None)
    with pytest.raises(asyncpg.UniqueViolationError):
        await create_corporate_group(COMPOSED, actor=None)


async def test_a_customer_cannot_make_a_twin_of_an_environment(owner: httpx.AsyncClient) -> None:
    form = {"name": DECOMPOSED, "sort_key": "5"}
    await confirm(owner, await propose(owner, NEW, form))
    assert await environment(COMPOSED), "it is kept composed"
    for name in (COMPOSED, DECOMPOSED, f"\u200b{COMPOSED}\ufeff"):
        answer = await owner.post(NEW, data={"name": name, "sort_key": "6"})
        assert answer.status_code == 422 and 'href="#name"' in answer.text, repr(name)


async def test_the_database_takes_an_environment_once_while_it_runs(
    owner: httpx.AsyncClient,
) -> None:
    await fetch("update environment set name = $1 where name = '検証環境'", DECOMPOSED)
    answer = await owner.post(NEW, data={"name": COMPOSED, "sort_key": "6"})
    assert answer.status_code == 422, "a name from before is compared, too"
    with pytest.raises(asyncpg.UniqueViolationError):
        await fetch("update environment set name = $1 where name = '本番環境'", COMPOSED)


async def test_a_name_keeps_the_ideographs_that_composing_would_change(
    owner: httpx.AsyncClient,
) -> None:
    name = "大\ufa10環境㈱ＡＢＣ①"
    await confirm(owner, await propose(owner, NEW, {"name": name, "sort_key": "5"}))
    assert await environment(name)
