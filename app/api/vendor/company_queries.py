"""Companies and corporate groups, as the vendor's calls give them."""

from dataclasses import dataclass
from uuid import UUID

from app.database import row
from app.web.lists.listings import Listing, Order, fields_of


@dataclass(frozen=True)
class SeenCompany:
    """A company; `corporate_group` is the id of its group."""

    id: UUID
    name: str
    reading: str
    corporate_group: UUID | None
    external_id: str | None
    revision: int
    group_name: str | None
    contracts: int


COMPANIES = Listing(
    row=fields_of(SeenCompany),
    columns="""p.id, p.name, p.reading, p.corporate_group, p.external_id, p.revision,
        g.name as group_name, (select count(*) from contract c where c.company = p.id)::int
            as contracts""",
    tables="company p left join corporate_group g on g.id = p.corporate_group",
    key="p.id",
    orders={"reading": Order("p.reading")},
)


@dataclass(frozen=True)
class SeenGroup:
    """A corporate group."""

    id: UUID
    name: str
    revision: int
    companies: int


GROUPS = Listing(
    row=fields_of(SeenGroup),
    columns="""g.id, g.name, g.revision,
        (select count(*) from company where corporate_group = g.id)::int as companies""",
    tables="corporate_group g",
    key="g.id",
    orders={"name": Order("g.name")},
)


@dataclass(frozen=True)
class NamedGroup:
    """A corporate group, found by its name."""

    id: UUID
    name: str


async def find_group_named(name: str) -> NamedGroup | None:
    """Return the corporate group with a name, however Unicode spells it."""
    return await row(
        NamedGroup,
        "select id, name from corporate_group where normalize(name, nfc) = normalize($1, nfc)",
        name,
    )
