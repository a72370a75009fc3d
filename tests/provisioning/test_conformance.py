"""scim2-tester, which others wrote, finds nothing wrong with /scim/v2."""

import asyncio

from tests.conftest import Portal
from tests.provisioning.steps import connected


async def test_every_check_of_scim2_tester_passes(portal: Portal) -> None:
    # Its models take seconds to import, which every process that collects tests would spend.
    from scim2_tester import Status

    from tests.provisioning.conformance import Calls, check

    _, token = await connected(portal)
    client = Calls(portal, token, asyncio.get_running_loop())
    results = await asyncio.to_thread(check, client)
    bad = [each for each in results if each.status is not Status.SUCCESS]
    assert len(results) > 40 and not bad, "\n".join(map(repr, bad))
