"""Reads about resources."""

from app.contracts.rules import SeenContract
from app.database import Record, fetch


async def list_resources(contract: SeenContract) -> list[Record]:
    """The files of the products that the contract entitles to today."""
    return list(
        await fetch(
            """
            select r.id, r.name, r.version, r.size, r.sha256, r.published_at,
                   array_agg(distinct p.name_ja) as products_ja,
                   array_agg(distinct p.name_en) as products_en
            from resource r
            join resource_product rp on rp.resource = r.id
            join product p on p.id = rp.product
            where r.withdrawn_at is null and $3 and exists (
                select 1 from entitlement e where e.contract = $1 and e.product = p.id
                  and e.starts_on <= $2 and e.ends_on >= $2)
            group by r.id order by r.published_at desc, r.id desc
            """,
            contract.id,
            contract.today,
            contract.starts_on <= contract.today <= contract.ends_on,
        )
    )
