"""All allocations of a contract at once, as a table."""

import json
from datetime import date
from uuid import UUID

from app.contracts.rules import SeenContract
from app.database import fetch_one
from app.environments.effect_rules import Cell, Sheet, SheetProduct

SHEET = """
    select
        (select json_agg(json_build_object('id', id, 'name', name) order by sort_key, id)
         from environment where contract = $1 and retired_at is null) as environments,
        (select json_agg(json_build_object(
                    'id', e.id, 'code', p.code, 'name_ja', p.name_ja, 'name_en', p.name_en,
                    'unit', p.unit, 'quantity', e.quantity, 'ends_on', e.ends_on,
                    'in_use', counts_in_use(e.id))
                order by e.license_key is not null, p.code, e.id)
         from entitlement e join product p on p.id = e.product
         where e.contract = $1 and e.ends_on >= $2) as products,
        (select json_agg(json_build_array(
                    environment, entitlement, coalesce(a.quantity, 0), coalesce(h.quantity, 0)))
         from (select environment, entitlement, quantity from allocation where contract = $1) a
         full join (select h.environment, h.entitlement, h.quantity
                    from hold h join environment e on e.id = h.environment
                    where e.contract = $1) h using (environment, entitlement)) as cells
"""


async def read_sheet(contract: SeenContract) -> Sheet:
    """The environments in use, the products that have not ended, and what is where."""
    row = await fetch_one(SHEET, contract.id, contract.today)
    assert row is not None
    environments, products, cells = (json.loads(value or "[]") for value in row.values())
    return Sheet(
        environments={UUID(each["id"]): each["name"] for each in environments},
        products=[
            SheetProduct(
                **{**each, "id": UUID(each["id"]), "ends_on": date.fromisoformat(each["ends_on"])}
            )
            for each in products
        ],
        cells={
            (UUID(environment), UUID(product)): Cell(here, held)
            for environment, product, here, held in cells
        },
    )
