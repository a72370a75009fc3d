"""An order as a CRM would send it, in its steps."""

from typing import Any

import httpx

COMPANY = {"name": "発注商事株式会社", "reading": "ハッチュウショウジ"}
CONTRACT = {
    "number": "ORD-2027-1",
    "company": {"external_id": "ACC-1"},
    "name": "基幹システム",
    "starts_on": "2026-04-01",
    "ends_on": "2028-03-31",
    "sales_name": "営業一部",
    "sales_email": "sales@example.org",
    "sales_phone": "03-0000-0100",
}
LINE = {
    "contract": "ORD-2027-1",
    "product": "PLATFORM",
    "quantity": 10,
    "starts_on": "2026-04-01",
    "ends_on": "2028-03-31",
    "reason": "受注 ORD-2027-1",
}
SCOPES = (
    *("console:see", "companies:change", "contracts:see", "contracts:change"),
    *("catalogue:change",),
)


def by(kind: str, external_id: str) -> str:
    """The address of what the CRM calls so."""
    return f"/vendor/{kind}/by-external-id/{external_id}"


async def put(
    client: httpx.AsyncClient, kind: str, external_id: str, body: dict[str, Any], **headers: str
) -> httpx.Response:
    """Create or change what the CRM calls so."""
    return await client.put(by(kind, external_id), json=body, headers=headers)


async def order(client: httpx.AsyncClient) -> dict[str, Any]:
    """Company, contract and one product; answers the product."""
    for kind, id, body in (
        ("companies", "ACC-1", COMPANY),
        ("contracts", "ORD-1", CONTRACT),
        ("entitlements", "ORD-1-1", LINE),
    ):
        answer = await put(client, kind, id, body)
        assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
