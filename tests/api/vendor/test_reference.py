"""Each example of the reference for the vendor runs in a shell."""

import re
from datetime import timedelta
from pathlib import Path

from app import clock
from app.api.reference_rules import groups
from app.database import fetch, fetch_value
from app.demo.sboms import cyclonedx
from app.main import api_document
from app.staff.rules import NEVER_A_SCOPE, Permission
from tests.api.test_reference import run
from tests.conftest import Portal, Stage
from tests.people.post import user_id
from tests.resources.files import PLATFORM, resource_id
from tests.servers import Server
from tests.service_accounts.steps import made_vendor_token

# Each example makes what the next ones are about: the name of its id.
MAKES = {
    "upsert_company": "COMPANY_ID",
    "create_corporate_group": "GROUP_ID",
    "upsert_contract": "CONTRACT_ID",
    "upsert_entitlement": "ENTITLEMENT_ID",
    "upsert_product": "PRODUCT_ID",
    "issue_license_keys": "BATCH",
    "draft_notice": "NOTICE",
    "upload_resource": "UPLOAD",
}
LAST = ("answer_quote", "apply_quote", "publish_notice", "revoke_license_key")


async def _variables() -> dict[str, str]:
    end = await fetch_value("select ends_on from contract where number = 'D-1001'")
    await fetch("update portal_user set disabled_at = now() where code = 'outsider'")
    return {
        "PRODUCT": "PLATFORM",
        "TITLE_JA": "保守のお知らせ",
        "BODY_JA": "次の週末に保守を行います。",
        "CONTRACT": "D-2001",
        "EXTERNAL_ID": "EX-1",
        "FIRST_DAY": str(end + timedelta(1)),
        "LAST_DAY": str(end + timedelta(365)),
        "QUOTE": await fetch_value("select reference from quote_request"),
        "PERSON": str(await user_id("owner")),
        "RESOURCE": str(await resource_id(PLATFORM)),
        "LICENSE_KEY": str(
            await fetch_value(
                "select k.id from license_key k left join entitlement e on e.license_key = k.id"
                " where e.id is null and k.revoked_at is null and k.ends_on > $1 limit 1",
                clock.today("Asia/Tokyo"),
            )
        ),
    }


async def test_every_example_runs_in_a_shell(portal: Portal, stage: Stage, tmp_path: Path) -> None:
    _, token = await made_vendor_token(portal, "crm", *(set(Permission) - NEVER_A_SCOPE))
    (tmp_path / "setup.bin").write_bytes(b"setup")
    (tmp_path / "sbom.json").write_bytes(cyclonedx("setup", "1.0"))
    (tmp_path / "quote.pdf").write_bytes(b"%PDF-1.4\nsmall\n%%EOF\n")
    found = groups(api_document(portal.settings), vendor=True)
    calls = {each.id: each.example for group in found for each in group.operations}
    first = [*MAKES, *(name for name in calls if name not in {*MAKES, *LAST})]
    place = (stage.settings.data_dir, portal.dsn, stage.owner_dsn(portal.dsn))
    variables = await _variables()
    with Server(*place) as server:
        variables |= {"PORTAL": server.url, "TOKEN": token}
        for name in (*first, *LAST):
            told = await run(calls[name], tmp_path, variables)
            if name in MAKES:
                id = re.search(r'"id":"([0-9a-f-]{36})"', told)
                assert id is not None, told
                variables[MAKES[name]] = id[1]
    assert await fetch_value("select applied_at is not null from quote_request")
    assert await fetch_value("select quantity from entitlement where external_id = 'EX-1'") == 12
    assert await fetch_value("select count(*) from notice where title_en = 'Maintenance'") == 1
