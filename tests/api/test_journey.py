"""The main journey by the API alone: from an environment to a system that runs offline."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.database import fetch
from tests.api.steps import account, products, wanted
from tests.browser.plant import LicensedSystem
from tests.conftest import Portal


async def test_the_main_journey_by_the_api_alone(
    portal: Portal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = portal.settings.data_dir / "trust" / "root.pem"
    async with account(portal) as ci:
        created = await ci.post("/environments", json={"name": "製造ライン1", "sort_key": 5})
        place = urlsplit(created.headers["location"]).path.removeprefix("/api/v1")
        assert created.status_code == 201 and created.headers["etag"] == '"1"'
        assert (await ci.get(place)).json() == created.json()
        body = wanted({"PLATFORM": 1, "WORKFLOW": 3}, await products(ci))
        allocated = await ci.put(f"{place}/allocations", json=body)
        assert allocated.status_code == 200
        system = LicensedSystem(tmp_path, root, "ja")
        request = system.request().read_bytes()
        issued = await ci.post(
            f"{place}/activations", content=request, headers={"Content-Type": "application/jose"}
        )
        assert issued.status_code == 200 and issued.json()["issued_by"] == "ci"
        address = urlsplit(issued.headers["location"]).path.removeprefix("/api/v1")
        file = await ci.get(f"{address}/file")
        (tmp_path / "activation.jwt").write_bytes(file.content)
        system.activate(tmp_path / "activation.jwt")
        assert system.status(capsys) == (0, {"PLATFORM": 1, "WORKFLOW": 3})
        again = await ci.post(
            f"{place}/activations", content=request, headers={"Content-Type": "application/jose"}
        )
        assert again.json()["number"] == 1 and again.json()["downloaded_at"] is not None
        state = (await ci.get(place)).json()
        assert (state["state"], state["newest_activation"]) == ("runs", 1)
        told = (await ci.get("/history", headers={"Accept-Language": "ja"})).json()["items"]
    assert {each["done_by"] for each in told[:4]} == {"サービスアカウント「ci」"}
    assert [each["event_type"] for each in told[:4]] == [
        "activation-download",
        "activation-issue",
        "allocation-change",
        "environment-creation",
    ]
    [row] = await fetch(
        "select s.name, s.last_used_at is not null as used, a.issued_by from activation a"
        " join service_account s on s.id = a.issued_by_account"
    )
    assert (row["name"], row["used"], row["issued_by"]) == ("ci", True, None)


async def test_a_return_file_gives_the_counts_back(portal: Portal, tmp_path: Path) -> None:
    root = portal.settings.data_dir / "trust" / "root.pem"
    jose = {"Content-Type": "application/jose"}
    async with account(portal) as ci:
        created = await ci.post("/environments", json={"name": "製造ライン1", "sort_key": 5})
        place = f"/environments/{created.json()['id']}"
        await ci.put(f"{place}/allocations", json=wanted({"PLATFORM": 1}, await products(ci)))
        system = LicensedSystem(tmp_path, root, "ja")
        request = system.request().read_bytes()
        issued = await ci.post(f"{place}/activations", content=request, headers=jose)
        assert issued.status_code == 200
        file = tmp_path / "activation.jwt"
        file.write_bytes((await ci.get(f"{place}/activations/1/file")).content)
        system.activate(file)
        returned = await ci.post(
            f"{place}/activations", content=system.give_back().read_bytes(), headers=jose
        )
        assert returned.status_code == 200 and returned.json()["state"] == "returned"


async def test_a_move_to_another_machine_takes_a_person(portal: Portal, tmp_path: Path) -> None:
    root = portal.settings.data_dir / "trust" / "root.pem"
    jose = {"Content-Type": "application/jose"}
    async with account(portal) as ci:
        created = await ci.post("/environments", json={"name": "製造ライン1", "sort_key": 5})
        place = f"/environments/{created.json()['id']}"
        await ci.put(f"{place}/allocations", json=wanted({"PLATFORM": 1}, await products(ci)))
        for number, folder in enumerate(("one", "two")):
            (tmp_path / folder).mkdir()
            system = LicensedSystem(tmp_path / folder, root, "ja")
            request = system.request().read_bytes()
            answer = await ci.post(f"{place}/activations", content=request, headers=jose)
            assert answer.status_code == (403 if number else 200)
        assert answer.json()["code"] == "proof-required"
