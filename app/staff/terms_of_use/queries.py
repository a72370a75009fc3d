"""Reads about the versions of the terms of use, and who accepted them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.database import row, rows
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows


@dataclass(frozen=True)
class Acceptance:
    """A person who accepted a version."""

    id: UUID
    accepted_at: datetime
    person: UUID
    name: str
    code: str
    email: str


ACCEPTANCES = Listing(
    row=fields_of(Acceptance),
    columns="a.id, a.accepted_at, u.id as person, u.name, u.code, u.email",
    tables='terms_of_use_acceptance a join portal_user u on u.id = a."user"',
    key="a.id",
    orders={"newest": Order("a.accepted_at", down=True), "code": Order("u.code")},
    search=words_in("u.code", "u.name", "u.email"),
)


@dataclass(frozen=True)
class ListedVersion:
    """A version, and how many people accepted it."""

    id: UUID
    version: int
    published_at: datetime
    accepted: int


@dataclass(frozen=True)
class Version:
    """A version with both texts."""

    version: int
    body_ja: str
    body_en: str
    published_at: datetime


@dataclass(frozen=True)
class Newest:
    """The texts that are in force; their version is what a new one is made from."""

    revision: int
    body_ja: str
    body_en: str


async def list_versions() -> list[ListedVersion]:
    """Return all versions, the newest first."""
    return await rows(
        ListedVersion,
        "select t.id, t.version, t.published_at,"
        " (select count(*) from terms_of_use_acceptance where terms_of_use = t.id) as accepted"
        " from terms_of_use t order by t.version desc",
    )


async def find_version(id: UUID) -> Version | None:
    """Return a version."""
    return await row(
        Version,
        "select version, body_ja, body_en, published_at from terms_of_use where id = $1",
        id,
    )


async def find_newest() -> Newest | None:
    """Return the newest version; None if there is none yet."""
    return await row(
        Newest,
        "select version as revision, body_ja, body_en from terms_of_use"
        " order by version desc limit 1",
    )


async def list_acceptances(terms: UUID, wanted: Wanted) -> Listed[Acceptance]:
    """Return who accepted a version."""
    where = Where()
    where.add("a.terms_of_use = {}", terms)
    return await list_rows(ACCEPTANCES, wanted, where)
