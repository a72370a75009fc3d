"""Reads for the form that asks for a quote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from app.contracts.rules import SeenContract
from app.database import fetch_one, json_rows, part_of
from app.products.queries import USE
from app.products.rules import product_name
from app.quotes.draft_rules import NOTE, DraftContent, choice_of, choice_value
from app.quotes.rules import Line, Wish, first_wish

# One statement, since a page may ask three times only, and viewer and contract are two.
BUILDER = f"""
    select
        (select json_agg(json_build_object(
                    'id', e.id, 'quantity', e.quantity, 'starts_on', e.starts_on,
                    'ends_on', e.ends_on, 'other', e.license_key is not null,
                    'name_ja', p.name_ja, 'name_en', p.name_en, 'unit', p.unit,
                    'in_use', u.in_use, 'followed', exists (
                        select 1 from entitlement n where n.contract = e.contract
                        and n.product = e.product and n.starts_on = e.ends_on + 1))
                order by e.ends_on < $2, e.license_key is not null, p.code, e.id)
         from entitlement e join product p on p.id = e.product {USE}
         where e.contract = $1)::text as products,
        (select json_agg(json_build_object(
                    'id', id, 'name_ja', name_ja, 'name_en', name_en, 'unit', unit)
                order by code) from product)::text as catalogue,
        (select count(*) from quote_request where contract = $1) as requests,
        d.id, d.content::text as content, d.changed_at, w.name as changed_by
    from (select 1) one
    left join quote_draft d on d.contract = $1
    left join portal_user w on w.id = d.changed_by
"""


@dataclass(frozen=True)
class CatalogueProduct:
    """A product that can be bought."""

    id: UUID
    name_ja: str
    name_en: str
    unit: str


@dataclass(frozen=True)
class Contracted:
    """An entitlement.

    Attributes:
        in_use: allocated, or held by activation files that run.
        followed: whether another entry takes its place on the day after.
    """

    id: UUID
    quantity: int
    starts_on: date
    ends_on: date
    other: bool
    name_ja: str
    name_en: str
    unit: str
    in_use: int
    followed: bool


@dataclass(frozen=True)
class ContractedProduct(Contracted):
    """An entitlement in the form.

    Attributes:
        first: what is chosen before anybody chooses.
        ended: whether its last usable day is over.
    """

    first: Wish
    ended: bool


@dataclass(frozen=True)
class KeptDraft:
    """A stored draft."""

    id: UUID
    changed_at: datetime
    changed_by: str | None


@dataclass(frozen=True)
class Builder:
    """What the form shows.

    Attributes:
        draft: None if there is none yet.
        requests: how many requests the contract has.
    """

    products: list[ContractedProduct]
    catalogue: dict[UUID, CatalogueProduct]
    draft: KeptDraft | None
    content: DraftContent
    requests: int

    def values(self, content: DraftContent | None = None) -> dict[str, str]:
        """Return every field's value: as kept in the content, else what is chosen first."""
        kept = (content or self.content).values
        values = {
            str(product.id): kept.get(str(product.id), choice_value(product.first, ""))
            for product in self.products
        }
        return values | {NOTE: kept.get(NOTE, "")}

    def lines(self, content: DraftContent, quantities: Mapping[UUID, int]) -> list[Line]:
        """Return the content as wishes; what has ended and is not wished again says nothing.

        Args:
            content: whose values are complete and valid.
            quantities: the new counts, by entitlement.
        """
        values, lines = self.values(content), []
        for product in self.products:
            wish, _ = choice_of(values[str(product.id)])
            if product.ended and wish is Wish.END:
                continue
            lines.append(
                Line(
                    wish=wish,
                    unit=product.unit,
                    before=product.quantity,
                    wanted=quantities[product.id] if wish is Wish.CHANGE else None,
                    entitlement=product.id,
                    in_use=product.in_use,
                )
            )
        lines += [
            Line(
                wish=Wish.ADD,
                unit=self.catalogue[addition.product].unit,
                before=0,
                wanted=addition.quantity,
                product=addition.product,
            )
            for addition in content.additions
        ]
        return lines

    def name_of(self, line: Line) -> str:
        """Return the name of a line's product in the reader's language."""
        if line.product is not None:
            return product_name(self.catalogue[line.product])
        return product_name(next(p for p in self.products if p.id == line.entitlement))


async def find_builder(contract: SeenContract) -> Builder:
    """Return what the form of a contract shows, with its draft."""
    row = await fetch_one(BUILDER, contract.id, contract.today)
    assert row is not None
    draft, content = None, DraftContent()
    if row["id"] is not None:
        content = msgspec.json.decode(row["content"], type=DraftContent)
        draft = part_of(KeptDraft, row)
    return Builder(
        products=[_in_form(contract, each) for each in json_rows(Contracted, row["products"])],
        catalogue={each.id: each for each in json_rows(CatalogueProduct, row["catalogue"])},
        draft=draft,
        content=content,
        requests=row["requests"],
    )


def _in_form(contract: SeenContract, product: Contracted) -> ContractedProduct:
    first = first_wish(product.ends_on, contract.ends_on, contract.today)
    return ContractedProduct(
        **vars(product),
        first=Wish.END if product.followed else first,
        ended=product.ends_on < contract.today,
    )
