"""Reads about mails: what their senders may know, since nothing here says what was in them."""

from collections.abc import Sequence
from uuid import UUID

from app.database import Record, fetch


async def find_deliveries(about: Sequence[UUID]) -> dict[UUID, Record]:
    """How the newest mail about each of these rows fares.

    Answers:
        id of the row → id, template, state, reason, answer (the server's words), failures,
        created_at, due_at, settled_at. Rows without a mail are left out.
    """
    rows = await fetch(
        "select distinct on (about) about, id, template, state, reason, answer, failures,"
        " created_at, due_at, settled_at"
        " from mail where about = any($1) order by about, created_at desc, id desc",
        list(about),
    )
    return {row["about"]: row for row in rows}
