"""How many emergency files an environment may have: the staff say so for each contract."""

import httpx

from app.database import fetch_value
from tests.activation.world import audited
from tests.staff.steps import done

URL = "/staff/contracts/D-1001"


async def test_staff_change_the_number_with_a_reason(clerk: httpx.AsyncClient) -> None:
    page = await done(clerk, f"{URL}/emergency-files", {"emergency_files": "3", "reason": "増設"})
    assert "環境ごとの緊急用ファイルの数" in page.text
    number = await fetch_value("select emergency_files from contract where number = 'D-1001'")
    assert number == 3
    assert len(await audited("emergency-limit")) == 1
    note = await fetch_value("select note from contract_change where note = '増設'")
    assert note == "増設"


async def test_more_than_five_are_refused(clerk: httpx.AsyncClient) -> None:
    for typed in ("6", "-1", "", "x"):
        answer = await clerk.post(
            f"{URL}/emergency-files", data={"emergency_files": typed, "reason": "増設"}
        )
        assert answer.status_code == 422, typed
    assert await audited("emergency-limit") == []


async def test_an_amendment_of_the_contract_may_change_it_too(clerk: httpx.AsyncClient) -> None:
    data = {"emergency_files": "1", "reason": "見直し"}
    page = await done(clerk, f"{URL}/amendment", data)
    assert "環境ごとの緊急用ファイルの数" in page.text
    assert await fetch_value("select emergency_files from contract where number = 'D-1001'") == 1
    assert len(await audited("emergency-limit")) == len(await audited("contract-amendment")) == 1


async def test_an_amendment_that_leaves_it_alone_records_no_number(
    clerk: httpx.AsyncClient,
) -> None:
    await done(clerk, f"{URL}/amendment", {"name": "新しい名称", "reason": "名称変更"})
    assert await audited("emergency-limit") == []
