"""The examples of orders in the reference run in a shell, one after the other."""

import re
from pathlib import Path

from app.api.reference_rules import groups
from app.api.vendor.example_rules import ORDER_BODIES
from app.database import fetch_value
from app.main import api_document
from tests.api.test_reference import _run
from tests.api.vendor.orders import SCOPES
from tests.conftest import Portal, Stage
from tests.servers import Server
from tests.service_accounts.steps import made_vendor_token

# What an example makes, and the variable that later ones name it by.
MADE = {
    "upsert_company": "COMPANY_ID",
    "create_corporate_group": "GROUP_ID",
    "upsert_contract": "CONTRACT_ID",
    "upsert_entitlement": "ENTITLEMENT_ID",
    "upsert_product": "PRODUCT_ID",
}


async def test_every_example_of_an_order_runs_in_a_shell(
    portal: Portal, stage: Stage, tmp_path: Path
) -> None:
    _, token = await made_vendor_token(portal, "crm", *SCOPES)
    every = [
        each
        for group in groups(api_document(portal.settings), vendor=True)
        for each in group.operations
        if each.scope in SCOPES and (each.id in ORDER_BODIES or each.method == "GET")
    ]
    calls = {each.id: each.example for each in every}
    variables = {"TOKEN": token, "EXTERNAL_ID": "EX-1", **dict.fromkeys(MADE.values(), "")}
    place = (stage.settings.data_dir, portal.dsn, stage.owner_dsn(portal.dsn))
    with Server(*place) as server:
        variables["PORTAL"] = server.url
        for name in [*MADE, *(name for name in calls if name not in MADE)]:
            told = await _run(calls[name], tmp_path, variables)
            if variable := MADE.get(name):
                found = re.search(r'"id":"([0-9a-f-]{36})"', told)
                assert found is not None, told
                variables[variable] = found[1]
    assert calls.keys() >= ORDER_BODIES.keys()
    assert await fetch_value("select ends_on::text from contract where number = 'EX-1'") == (
        "2029-03-31"
    )
    assert await fetch_value("select quantity from entitlement where external_id = 'EX-1'") == 12
