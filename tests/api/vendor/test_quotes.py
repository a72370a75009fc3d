"""Quote requests by API: read, answered with a PDF, and applied to their contract."""

from base64 import b64encode
from datetime import timedelta

import httpx

from app import clock
from app.database import fetch_value
from app.staff.rules import Permission
from tests.api.vendor.steps import vendor
from tests.conftest import Portal
from tests.people.post import mails_to
from tests.quotes.steps import requested, state_of

PDF = b"%PDF-1.4\nsmall\n%%EOF\n"
SCOPES = (Permission.CONTRACTS_SEE, Permission.QUOTES_ANSWER, Permission.CONTRACTS_CHANGE)
ANSWER = {
    "message": "お見積です。",
    "file": {"name": "見積.pdf", "content": b64encode(PDF).decode()},
}


async def _term(number: str = "D-1001") -> dict[str, str]:
    end = await fetch_value("select ends_on from contract where number = $1", number)
    start, today = end + timedelta(1), clock.today("Asia/Tokyo")
    last = start + timedelta(364)
    return {"starts_on": str(start), "ends_on": str(last), "additions_start_on": str(today)}


async def test_a_request_is_read_answered_and_applied(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    path = await requested(owner, WORKFLOW="600")
    reference = path.rsplit("/", 1)[1]
    async with vendor(portal, *SCOPES) as crm:
        waiting = (await crm.get("/vendor/quotes?state=received")).json()["items"]
        assert reference in [each["reference"] for each in waiting]
        read = await crm.get(f"/vendor/quotes/{reference}")
        assert [line["after"] for line in read.json()["lines"] if line["wish"] == "change"] == [600]
        answer = await crm.put(
            f"/vendor/quotes/{reference}/answer",
            json=ANSWER,
            headers={"If-Match": read.headers["etag"]},
        )
        assert answer.json()["state"] == "answered", answer.text
        assert answer.json()["answer_file"] == "見積.pdf"
        stale = await crm.put(
            f"/vendor/quotes/{reference}/answer",
            json=ANSWER,
            headers={"If-Match": read.headers["etag"]},
        )
        assert (stale.status_code, stale.json()["code"]) == (412, "version-conflict")
        applied = await crm.post(f"/vendor/quotes/{reference}/application", json=await _term())
        assert applied.json()["applied_at"], applied.text
        again = await crm.post(f"/vendor/quotes/{reference}/application", json=await _term())
        assert (again.status_code, again.json()["code"]) == (409, "quote-moved")
    assert await state_of(path) == "concluded"
    assert (await owner.get(f"{path}/answer")).content == PDF
    assert "quote-answer" in [kind for kind, _ in await mails_to(portal, "owner@example.com")]
    handler = "select handled_by from quote_request where reference = $1"
    assert await fetch_value(handler, reference) is None, "an account is no person"


async def test_less_than_is_in_use_is_refused(portal: Portal, owner: httpx.AsyncClient) -> None:
    reference = (await requested(owner, WORKFLOW="300")).rsplit("/", 1)[1]
    async with vendor(portal, *SCOPES) as crm:
        await crm.put(f"/vendor/quotes/{reference}/answer", json=ANSWER, headers={"If-Match": "*"})
        at_once = {**await _term(), "starts_on": str(clock.today("Asia/Tokyo"))}
        refused = await crm.post(f"/vendor/quotes/{reference}/application", json=at_once)
        assert (refused.status_code, refused.json()["code"]) == (409, "below-use")


async def test_a_file_that_is_no_pdf_and_a_request_that_is_none_are_refused(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    reference = (await requested(owner, WORKFLOW="600")).rsplit("/", 1)[1]
    text = {"message": "x", "file": {"name": "x.pdf", "content": b64encode(b"text").decode()}}
    async with vendor(portal, *SCOPES) as crm:
        path = f"/vendor/quotes/{reference}/answer"
        wrong = await crm.put(path, json=text, headers={"If-Match": "*"})
        assert wrong.json()["errors"][0]["pointer"] == "/file/content"
        large = {"message": "x", "file": {"name": "x.pdf", "content": "A" * 14_000_000}}
        assert (await crm.put(path, json=large, headers={"If-Match": "*"})).status_code == 413
        for none in ("Q-000000-XXXXX", "%00"):
            assert (await crm.get(f"/vendor/quotes/{none}")).status_code == 404
