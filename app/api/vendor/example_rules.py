"""Bodies for the reference's examples of orders; $… stands for the reader's own."""

from collections.abc import Mapping
from typing import Any

COMPANY = {"name": "Example Trading", "reading": "Example Trading"}
TERM = {"starts_on": "2027-04-01", "ends_on": "2028-03-31"}
CONTRACT = {
    **{"name": "Core system", "sales_name": "Sales", "sales_email": "sales@example.org"},
    **{"sales_phone": "03-0000-0100", **TERM},
}
PRODUCT = {"code": "VIEWER", "name_ja": "Viewer", "name_en": "Viewer", "unit": "users"}
OF_ORDER = {"external_id": "$EXTERNAL_ID"}
ORDER_BODIES: Mapping[str, Any] = {
    "upsert_company": COMPANY,
    "change_company": {**COMPANY, "external_id": "$EXTERNAL_ID"},
    "create_corporate_group": {"name": "Example Group"},
    "rename_corporate_group": {"name": "Example Holdings"},
    "upsert_contract": {"number": "EX-1", "company": OF_ORDER, **CONTRACT},
    "amend_contract": {**CONTRACT, "name": "Core system 2", "reason": "New name"},
    "renew_contract": {"ends_on": "2029-03-31", "reason": "Renewal"},
    "upsert_entitlement": {
        **{"contract": "EX-1", "product": "PLATFORM", "quantity": 10, **TERM},
        "reason": "Order",
    },
    "amend_entitlement": {"quantity": 12, **TERM, "reason": "Two more"},
    "upsert_product": {**PRODUCT, "version": "1.0"},
    "change_product": {**PRODUCT, "version": "1.1"},
}
