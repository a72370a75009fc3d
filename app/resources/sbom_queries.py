"""Reads about bills of materials; callers have looked the resource up before."""

from dataclasses import dataclass
from uuid import UUID

from app.database import fetch_value
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows


@dataclass(frozen=True)
class ListedComponent:
    """A component in a table."""

    id: UUID
    name: str
    version: str
    license: str
    purl: str


COMPONENTS = Listing(
    row=fields_of(ListedComponent),
    columns="c.id, c.name, c.version, c.license, c.purl",
    tables="resource_component c",
    key="c.id",
    orders={"name": Order("c.name"), "license": Order("c.license")},
    search=words_in("c.name", "c.version", "c.license", "c.purl"),
)


async def list_components(sbom: UUID, wanted: Wanted) -> Listed[ListedComponent]:
    """Return the components of a bill of materials."""
    where = Where()
    where.add("c.sbom = {}", sbom)
    return await list_rows(COMPONENTS, wanted, where)


async def find_sbom_content(sbom: UUID) -> bytes | None:
    """Return a bill of materials as it was uploaded."""
    content: bytes | None = await fetch_value(
        "select content from resource_sbom where id = $1", sbom
    )
    return content
