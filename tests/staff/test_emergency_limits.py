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
