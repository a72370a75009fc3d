"""Expired rows are thrown away, those still of use are kept."""

from datetime import timedelta

from app import clock
from app.database import fetch, fetch_value
from app.housekeeping import KEPT, sweep
from app.storage import open_storage
from tests.conftest import Portal


async def test_sweeping_deletes_sessions_that_expired_long_ago_and_keeps_the_others(
    portal: Portal,
) -> None:
    for code in ("owner", "member"):
        await portal.signed_in(code)
    long_ago = clock.now() - KEPT - timedelta(minutes=1)
    await fetch(
        "update session set expires_at = $1 from portal_user u"
        " where u.id = session.\"user\" and u.code = 'member'",
        long_ago,
    )
    await sweep(open_storage(portal.settings))
    assert await fetch_value("select count(*) from session") == 1
