"""決定 is red where it takes something away, and nowhere else."""

import httpx

from tests.environments.steps import environment, propose

LIST = "/contracts/D-1001/environments"
RED = '<button class="primary danger">'


async def test_only_what_takes_something_away_is_confirmed_in_red(
    owner: httpx.AsyncClient,
) -> None:
    retirement = await propose(owner, f"{LIST}/{await environment()}/retirement", {})
    assert RED in (await owner.get(retirement)).text
    creation = await propose(owner, f"{LIST}/new", {"name": "新環境", "sort_key": "7"})
    assert RED not in (await owner.get(creation)).text
