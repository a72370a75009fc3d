"""Products of the catalogue, as the vendor's calls give them."""

from app.staff.catalogue.queries import SeenProduct
from app.web.lists.listings import Listing, Order, fields_of

CATALOGUE = Listing(
    row=fields_of(SeenProduct),
    columns="""p.id, p.code, p.name_ja, p.name_en, p.unit, p.version, p.revision, p.external_id,
        exists (select 1 from entitlement where product = p.id)
        or exists (select 1 from license_key where product = p.id) as used""",
    tables="product p",
    key="p.id",
    orders={"code": Order("p.code")},
)
