"""Reads about the versions of the terms of use, and who accepted them."""

from uuid import UUID

from app.database import Record, fetch, fetch_one
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

ACCEPTANCES = Source(
    columns="a.id, a.accepted_at, u.id as person, u.name, u.code, u.email",
    tables='terms_acceptance a join portal_user u on u.id = a."user"',
    key="a.id",
    orders={"newest": Order("a.accepted_at", down=True), "code": Order("u.code")},
)


async def list_versions() -> list[Record]:
    """All versions, the newest first, each with how many people accepted it."""
    return list(
        await fetch(
            "select t.id, t.version, t.published_at,"
            " (select count(*) from terms_acceptance where terms = t.id) as accepted"
            " from terms t order by t.version desc"
        )
    )


async def find_version(id: UUID) -> Record | None:
    """A version with both texts."""
    return await fetch_one("select * from terms where id = $1", id)


async def list_acceptances(terms: UUID, search: str, *, order: str, after: UUID | None) -> Listed:
    """Who accepted a version."""
    where = Where()
    where.add("a.terms = {}", terms)
    where.contains(search, "u.code", "u.name", "u.email")
    return await list_rows(ACCEPTANCES, where, order=order, after=after)
