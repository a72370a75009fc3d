"""The most used pages keep the plans of their statements: planning costs more than running them."""

import httpx
import pytest

from app.database import unit_of_work

PAGES = (
    *("/", "/contracts", "/notices", "/notices?unread=1&product=WORKFLOW"),
    *(f"/contracts/D-1001{tab}" for tab in ("", "/products", "/environments", "/members")),
    *(f"/contracts/D-1001{tab}" for tab in ("/group-companies", "/resources")),
)


@pytest.mark.parametrize("path", PAGES)
async def test_no_statement_of_a_page_is_planned_anew(owner: httpx.AsyncClient, path: str) -> None:
    async with unit_of_work() as connection:
        for _ in range(8):
            assert (await owner.get(path)).status_code == 200
        planned = await connection.fetch(
            "select statement from pg_prepared_statements where generic_plans = 0"
            " and custom_plans >= 5"
        )
    assert not [row["statement"] for row in planned]
