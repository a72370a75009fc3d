"""利用 as the people of a contract meet it."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from app import clock
from app.activation.format.jws import MAX_BYTES
from app.activation.format.requests import RequestOutcome
from app.environments.services import retire_environment
from licensed_system.command import main as licensed_system
from tests.activation.world import (
    Place,
    admin_dsn,
    audited,
    end_contract,
    force,
    machine,
    place,
    upload,
)
from tests.conftest import Portal, Stage


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境: PLATFORM 1, WORKFLOW 20, never activated."""
    return await place(portal.settings)


@pytest.fixture
def admin(stage: Stage, database: str) -> str:
    """The superuser's address of the test's database."""
    return admin_dsn(stage, database)


async def send(client: httpx.AsyncClient, here: Place, data: bytes) -> httpx.Response:
    files = {"request": ("activation-request.jwt", data, "application/octet-stream")}
    return await client.post(here.url, files=files)


async def confirm(client: httpx.AsyncClient, response: httpx.Response) -> httpx.Response:
    """決定, and on to the page that it leads to."""
    assert response.status_code == 303, response.text
    done = await client.post(response.headers["location"])
    assert done.status_code == 303
    return await client.get(done.headers["location"])


async def issue(client: httpx.AsyncClient, here: Place, data: bytes | None = None) -> None:
    page = await confirm(client, await send(client, here, data or upload()))
    assert page.status_code == 200


async def test_the_confirm_page_says_what_is_in_the_file_and_what_will_be_issued(
    owner: httpx.AsyncClient, here: Place
) -> None:
    response = await send(owner, here, upload())
    page = await owner.get(response.headers["location"])
    for part in ("製造ライン1", "line1.example.com", "Linux 6.1", "PLATFORM 5.0", "WORKFLOW 3.2"):
        assert part in page.text
    assert re.search(r"[0-9a-f]{4}( [0-9a-f]{4}){4}", page.text), "the check code"
    assert "業務基盤プラットフォーム (PLATFORM)" in page.text
    assert here.url in page.text, "the way back"
    assert await here.rows() == []


async def test_step_2_follows_and_its_file_is_the_one_that_was_signed(
    owner: httpx.AsyncClient, here: Place
) -> None:
    page = await confirm(owner, await send(owner, here, upload()))
    assert str(page.url).split("?")[0].endswith(f"{here.url}/1")
    assert f"{here.url}/1/file" in page.text and 'aria-current="step"' in page.text
    file = await owner.get(f"{here.url}/1/file")
    assert file.text == (await here.rows())[0]["file"] + "\n"
    assert file.headers["cache-control"] == "no-store"
    assert file.headers["content-type"] == "application/jose"


async def test_the_file_has_its_name_in_japanese_and_one_for_old_programs(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    disposition = (await owner.get(f"{here.url}/1/file")).headers["content-disposition"]
    found = re.fullmatch(
        r'attachment; filename="([ -~]+)"; filename\*=UTF-8\'\'([!-~]+)', disposition
    )
    assert found is not None
    plain, encoded = found.groups()
    assert plain == "activation-D-1001-____-1.jwt"
    assert unquote(encoded) == "activation-D-1001-検証環境-1.jwt"


async def test_who_only_looks_has_not_downloaded(owner: httpx.AsyncClient, here: Place) -> None:
    await issue(owner, here)
    url = f"{here.url}/1/file"
    assert (await owner.head(url)).status_code == 200
    assert (await here.rows())[0]["downloaded_at"] is None
    await owner.get(url)
    assert (await here.rows())[0]["downloaded_at"] is not None


async def test_a_part_of_the_file_is_a_download_too(owner: httpx.AsyncClient, here: Place) -> None:
    await issue(owner, here)
    await owner.get(f"{here.url}/1/file", headers={"Range": "bytes=1-"})
    assert (await here.rows())[0]["downloaded_at"] is not None


async def test_no_activation_file_leaves_without_a_record(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    url = f"{here.url}/1/file"
    ahead = await owner.get(url, headers={"Sec-Purpose": "prefetch;prerender"})
    assert ahead.status_code == 503 and "no-store" in ahead.headers["cache-control"]
    assert (await here.rows())[0]["file"] not in ahead.text
    assert (await here.rows())[0]["downloaded_at"] is None
    await owner.get(url)
    assert (await here.rows())[0]["downloaded_at"] is not None


async def test_the_same_file_again_leads_to_its_activation(
    owner: httpx.AsyncClient, here: Place
) -> None:
    data = upload()
    await issue(owner, here, data)
    again = await send(owner, here, data)
    assert again.headers["location"] == f"{here.url}/1?repeat=1"
    await here.allocate(WORKFLOW=30)
    page = await owner.get(again.headers["location"])
    assert 'class="notice"' in page.text and 'class="warning"' in page.text


async def test_a_double_confirm_issues_once(owner: httpx.AsyncClient, here: Place) -> None:
    proposed = (await send(owner, here, upload())).headers["location"]
    first, second = await owner.post(proposed), await owner.post(proposed)
    assert first.headers["location"] == second.headers["location"]
    assert len(await here.rows()) == 1


async def test_going_back_keeps_the_file(owner: httpx.AsyncClient, here: Place) -> None:
    proposed = (await send(owner, here, upload())).headers["location"]
    draft = proposed.rsplit("/", 1)[1]
    page = await owner.get(f"{here.url}?draft={draft}")
    assert f'name="draft" value="{draft}"' in page.text
    again = await owner.post(here.url, files={"request": ("", b"")}, data={"draft": draft})
    await confirm(owner, again)
    assert len(await here.rows()) == 1


async def test_a_kept_file_is_kept_for_its_own_environment(
    portal: Portal, owner: httpx.AsyncClient, here: Place
) -> None:
    draft = (await send(owner, here, upload())).headers["location"].rsplit("/", 1)[1]
    elsewhere = await place(portal.settings, "本番環境")
    assert 'name="draft"' not in (await owner.get(f"{elsewhere.url}?draft={draft}")).text
    answer = await owner.post(elsewhere.url, files={"request": ("", b"")}, data={"draft": draft})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", RequestOutcome.EMPTY),
        (b"x" * (MAX_BYTES + 1), RequestOutcome.TOO_LARGE),
        (b"x" * 600_000, RequestOutcome.TOO_LARGE),
        (b"not a request", RequestOutcome.MALFORMED),
        (b"\xff\xfe\x00", RequestOutcome.NOT_TEXT),
        (upload(aud="another portal"), RequestOutcome.WRONG_AUDIENCE),
    ],
)
async def test_a_refused_file_says_why_and_leaves_only_its_code(
    owner: httpx.AsyncClient, here: Place, data: bytes, code: RequestOutcome
) -> None:
    response = await send(owner, here, data)
    assert response.status_code == 422
    assert f"<code>{code.value}</code>" in response.text
    assert "エラー: " in response.text and 'id="request-error"' in response.text
    events = await audited("activation-refusal")
    assert [event["details"] for event in events] == [f'{{"code": "{code.value}"}}']


async def test_no_file_chosen_is_said_beside_the_field(
    owner: httpx.AsyncClient, here: Place
) -> None:
    for answer in (
        await owner.post(here.url, files={"request": ("", b"")}),
        await owner.post(here.url, data={"request": "text"}),
    ):
        assert answer.status_code == 422 and 'id="request-error"' in answer.text


async def test_nothing_allocated_leads_to_the_allocation(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await here.allocate(PLATFORM=0, WORKFLOW=0)
    response = await send(owner, here, upload())
    assert response.status_code == 422
    assert "<code>nothing-allocated</code>" in response.text
    assert here.url.replace("/activations", "/allocations") in response.text


async def test_what_changes_between_upload_and_confirm_is_said_beside_the_form_and_recorded(
    owner: httpx.AsyncClient, here: Place
) -> None:
    proposed = (await send(owner, here, upload())).headers["location"]
    await here.allocate(PLATFORM=0, WORKFLOW=0)
    assert (await owner.get(proposed)).status_code == 200
    done = await owner.post(proposed)
    page = await owner.get(done.headers["location"])
    assert "<code>nothing-allocated</code>" in page.text
    assert await here.rows() == []
    events = await audited("activation-refusal")
    assert [event["details"] for event in events] == ['{"code": "nothing-allocated"}']


async def test_a_move_is_said_before_it_is_made(owner: httpx.AsyncClient, here: Place) -> None:
    await issue(owner, here)
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    page = await owner.get(proposed)
    warning = re.search(r'class="warning"><strong>(.*?)</strong>', page.text)
    assert warning and "1" in warning[1] and "2" in warning[1] and "3" in warning[1]
    await owner.post(proposed)
    assert (await here.rows())[1]["moved"]


async def test_a_return_is_confirmed_and_shown(owner: httpx.AsyncClient, here: Place) -> None:
    await issue(owner, here)
    page = await confirm(owner, await send(owner, here, upload(purpose="return", prev_seq=1)))
    assert page.url.path == here.url
    assert (await here.rows())[0]["end_reason"] == "returned"


async def test_the_history_says_the_state_of_every_file(
    admin: str, owner: httpx.AsyncClient, here: Place
) -> None:
    for _ in range(3):
        await issue(owner, here)
    await owner.get(f"{here.url}/2/file")
    page = await owner.get(here.url)
    for seq in (1, 2, 3):
        assert f'href="{here.url}/{seq}"' in page.text
    assert page.text.count("badge over") == 1, "the first is superseded"
    past = clock.now() - timedelta(days=1)
    await force(admin, "update activation set expires_at = $1", past)
    page = await owner.get(here.url)
    assert page.text.count("badge over") >= 3


async def test_a_long_history_comes_in_pages(owner: httpx.AsyncClient, here: Place) -> None:
    for _ in range(3):
        await here.answer(upload())
    third = (await here.rows())[2]["id"]
    page = await owner.get(f"{here.url}?after={third}")
    assert f'href="{here.url}/3"' not in page.text and f'href="{here.url}/2"' in page.text
    assert (await owner.get(f"{here.url}?after={'9' * 30}")).status_code == 200


async def test_the_history_is_filtered_by_state_and_held_counts_stay(
    owner: httpx.AsyncClient, here: Place
) -> None:
    for _ in range(2):
        await issue(owner, here)
    await owner.get(f"{here.url}/2/file")
    for state, shown, hidden in (("superseded", 1, 2), ("runs", 2, 1)):
        page = await owner.get(f"{here.url}?state={state}")
        assert f'href="{here.url}/{shown}"' in page.text
        assert f'href="{here.url}/{hidden}"' not in page.text
    page = await owner.get(f"{here.url}?state=returned")
    assert "条件に合うものはありません。" in page.text
    assert "保持" in page.text, "what is held does not depend on the filter"


async def test_held_counts_are_told_with_their_end(owner: httpx.AsyncClient, here: Place) -> None:
    await issue(owner, here)
    await here.allocate(WORKFLOW=5)
    page = await owner.get(here.url)
    row = (await here.rows())[0]
    held = re.search(r"<li>ワークフロー: <b>20</b>.*?</li>", page.text, re.DOTALL)
    assert held and "5" in held[0]
    assert row["expires_at"].strftime("%Y/") in held[0]


async def test_owners_keep_history_and_files_of_an_ended_contract(
    admin: str, owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    await end_contract(admin)
    page = await owner.get(here.url)
    assert page.status_code == 200 and "<form" in page.text
    assert 'type="file"' not in page.text
    assert (await owner.get(f"{here.url}/1/file")).status_code == 200
    assert (await send(owner, here, upload())).status_code == 404


async def test_owners_keep_history_and_files_of_a_retired_environment(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    await retire_environment(
        contract=here.contract.id, environment=here.environment, actor=here.actor
    )
    assert (await owner.get(here.url)).status_code == 200
    assert (await owner.get(f"{here.url}/1")).status_code == 200
    assert (await send(owner, here, upload())).status_code == 422
    page = await confirm(owner, await send(owner, here, upload(purpose="return", prev_seq=1)))
    assert page.status_code == 200


async def test_members_and_strangers_find_nothing(
    owner: httpx.AsyncClient, member: httpx.AsyncClient, outsider: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    for person in (member, outsider):
        for path in ("", "/1", "/1/file"):
            assert (await person.get(here.url + path)).status_code == 404
        assert (await send(person, here, upload())).status_code == 404
    assert (await here.rows())[0]["downloaded_at"] is None


@pytest.mark.parametrize("seq", ["0", "2", "-1", "9" * 25, "9" * 5000, "x"])
async def test_an_activation_that_is_not_there_is_not_found(
    owner: httpx.AsyncClient, here: Place, seq: str
) -> None:
    for path in ("", "/file"):
        assert (await owner.get(f"{here.url}/{seq}{path}")).status_code == 404


async def test_an_activation_of_another_environment_is_not_found(
    portal: Portal, owner: httpx.AsyncClient, here: Place
) -> None:
    production = await place(portal.settings, "本番環境")
    assert (await owner.get(f"{production.url}/1/file")).status_code == 200
    assert (await owner.get(f"{here.url}/1/file")).status_code == 404


async def test_the_public_keys_verify_what_is_issued(
    portal: Portal, owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    async with portal.anonymous() as anybody:
        answer = await anybody.get("/.well-known/jwks.json")
        assert answer.headers["content-type"] == "application/jwk-set+json"
        unchanged = {"If-None-Match": answer.headers["etag"]}
        assert (await anybody.get("/.well-known/jwks.json", headers=unchanged)).status_code == 304
    (only,) = answer.json()["keys"]
    assert only["kid"] == (await here.rows())[0]["kid"]
    assert "d" not in only and "alg" not in only


async def test_a_licensed_system_runs_on_what_it_gets(
    owner: httpx.AsyncClient, here: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request, file, back = (tmp_path / name for name in ("request.jwt", "file.jwt", "return.jwt"))
    root = here.settings.data_dir / "trust" / "root.pem"

    def run(*arguments: str) -> int:
        return licensed_system(["--state", str(tmp_path / "plant"), *arguments])

    products = ["--product", "PLATFORM=5.0", "--product", "WORKFLOW=3.2"]
    assert run("init", "--trust", str(root), "--name", "製造ライン1", *products) == 0
    assert run("request", "--out", str(request)) == 0
    await issue(owner, here, request.read_bytes())
    file.write_bytes((await owner.get(f"{here.url}/1/file")).content)
    assert run("activate", str(file)) == 0, capsys.readouterr().err
    assert run("status") == 0
    assert "20" in capsys.readouterr().out
    assert run("return", "--out", str(back)) == 0
    page = await confirm(owner, await send(owner, here, back.read_bytes()))
    assert page.status_code == 200
    assert (await here.rows())[0]["end_reason"] == "returned"
    assert run("status") == 4
