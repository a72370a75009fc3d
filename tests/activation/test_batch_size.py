"""The largest upload of まとめてアクティベート: 200 systems in one transaction."""

import io
import time
import zipfile
from collections.abc import Callable

import httpx
import pytest

from app.database import fetch
from app.environments.services import create_environment, set_all_allocations
from app.environments.values import EnvironmentValues
from tests.activation.test_batches import URL, choose, confirm, system
from tests.activation.world import Place, entitlement, place
from tests.conftest import Portal

SYSTEMS, MOST_SECONDS = 200, 20


@pytest.fixture
async def here(portal: Portal) -> Place:
    """200 environments of D-1001 with one user each, called like their systems."""
    here = await place(portal.settings)
    products = [await entitlement("WORKFLOW"), await entitlement("ANALYTICS")]
    wanted = {}
    for n in range(SYSTEMS):
        id = await create_environment(
            contract=here.contract.id,
            values=EnvironmentValues(f"line-{n:03}", 100 + n),
            actor=here.actor,
        )
        wanted[id] = {products[n % 2]: 1}
    await set_all_allocations(contract=here.contract.id, wanted=wanted, actor=here.actor)
    return here


async def test_two_hundred_systems_are_activated_in_one_transaction(
    owner: httpx.AsyncClient, here: Place, record_property: Callable[[str, object], None]
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for n in range(SYSTEMS):
            out.writestr(f"line-{n:03}/activation-request.jwt", system(f"line-{n:03}"))
    begin = time.monotonic()
    sent = await owner.post(URL, files={"requests": ("all.zip", archive.getvalue())})
    proposed = await choose(owner, sent)
    chosen = time.monotonic()
    done = await confirm(owner, proposed)
    issued = time.monotonic()
    answer = await owner.get(f"{done.headers['location'].partition('?')[0]}/file")
    took = {"choose": chosen - begin, "issue": issued - chosen, "zip": time.monotonic() - issued}
    record_property("seconds", took)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert len(found.namelist()) == SYSTEMS + 1
    written = "select distinct batch, issued_at, xmin::text from activation where batch is not null"
    assert len(await fetch(written)) == 1
    assert sum(took.values()) < MOST_SECONDS
