"""A file that would be larger than the format allows: refused with what to do, never "later"."""

from dataclasses import replace

import httpx
import pytest

from app.activation.emergencies.rules import EmergencyOutcome
from app.activation.emergencies.services import EmergencyRefused, make_file
from app.activation.format.jws import MAX_BYTES
from app.activation.format.signed_files import FileTooLarge, LocalSigner, file_size, write_file
from app.activation.rules import IssueOutcome
from app.activation.services import preview
from app.activation.signing import Office, activation_size, build_activation
from app.database import fetch_value
from tests.activation.makers import NOW, issue, issuer, key, licensee, product, request
from tests.activation.test_batches import choose, confirm, issued, send, system
from tests.activation.test_services import refusal
from tests.activation.world import Place, admin_dsn, another, force, place, upload
from tests.api.steps import account
from tests.conftest import Portal, Stage

OFFICE = Office(issuer(), LocalSigner(key("signing")))
# As long as names may be; the contract of the demo gets 98 of them.
PRODUCTS = """
    with made as (
        insert into product (id, code, name_ja, name_en, unit, version)
        select gen_random_uuid(), 'LONG-' || n, repeat('製', 100), repeat('p', 100), 'users', '1.0'
        from generate_series(1, 98) n returning id
    ), bought as (
        insert into entitlement
            (id, contract, product, quantity, starts_on, ends_on, created_at)
        select gen_random_uuid(), c.id, made.id, 5, c.starts_on, c.ends_on, now()
        from made, contract c where c.number = 'D-1001' returning id, contract
    )
    insert into allocation (id, contract, environment, entitlement, quantity)
    select gen_random_uuid(), contract, $1, id, 1 from bought
"""


@pytest.fixture
async def here(portal: Portal, stage: Stage) -> Place:
    """検証環境 with 100 products, most of which have long names."""
    here = await place(portal.settings)
    await force(admin_dsn(stage, portal.dsn), PRODUCTS, here.environment)
    return here


async def test_a_large_file_is_refused_at_the_upload_and_at_the_latest_when_signed(
    here: Place,
) -> None:
    found = await preview(here.settings, here.contract, here.environment, upload())
    assert found.decision is IssueOutcome.FILE_TOO_LARGE
    assert await refusal(here, upload()) is IssueOutcome.FILE_TOO_LARGE
    assert await here.rows() == []


async def test_the_page_says_what_to_do_and_not_to_try_later(
    owner: httpx.AsyncClient, here: Place
) -> None:
    files = {"request": ("r.jwt", upload(), "application/jose")}
    answer = await owner.post(here.url, files=files)
    assert answer.status_code == 422
    assert "64 KiBを超える" in answer.text and "複数の環境に分けてください" in answer.text
    assert "しばらくして" not in answer.text and "後で" not in answer.text


async def test_the_line_of_a_batch_says_it_and_the_others_can_be_answered(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await another(here, "別の環境")
    sent = await send(owner, system("検証環境"), system("別の環境"))
    page = (await owner.get(sent.headers["location"])).text
    assert page.count("64 KiBを超える") == 1
    await confirm(owner, await choose(owner, sent))
    assert await issued() == [("別の環境", 1)]


async def test_an_emergency_file_says_it_too(owner: httpx.AsyncClient, here: Place) -> None:
    with pytest.raises(EmergencyRefused) as refused:
        await make_file(here.settings, here.contract, here.environment, 1, here.actor)
    assert refused.value.outcome is EmergencyOutcome.FILE_TOO_LARGE
    url = f"/contracts/D-1001/environments/{here.environment}/emergency-files"
    proposed = await owner.post(url, data={"slot": "1"})
    answer = await owner.post(proposed.headers["location"], follow_redirects=True)
    assert "緊急用ファイルが64 KiBを超える" in answer.text
    assert await fetch_value("select count(*) from emergency_file") == 0


async def test_the_api_has_a_code_of_its_own_for_it(portal: Portal, here: Place) -> None:
    jose = {"Content-Type": "application/jose"}
    base = f"/environments/{here.environment}"
    async with account(portal) as client:
        answers = [
            await client.post(f"{base}/activations", content=upload(), headers=jose),
            await client.post(f"{base}/emergency-files/1"),
        ]
    for answer in answers:
        assert answer.status_code == 422 and answer.json()["code"] == "file-too-large"
        assert "later" not in answer.json()["detail"]


def test_the_size_is_foretold_to_the_byte() -> None:
    products = tuple(replace(product(f"P{n}"), name_ja="製" * 100) for n in range(3))
    wanted = issue(products=products)
    file = build_activation(
        request(), wanted, licensee(), OFFICE, jti="0198a5f0-9000-7000-8000-000000000001",
        issued_at=NOW,
    )  # fmt: skip
    assert activation_size(request(), wanted, licensee(), OFFICE, NOW) == len(file) + 1


def test_the_final_newline_counts() -> None:
    def claims(length: int) -> dict[str, str]:
        return {"filler": "x" * length}

    signer = LocalSigner(key("signing"))
    fits = max(n for n in range(48_900, 49_200) if file_size("t", claims(n), signer) <= MAX_BYTES)
    assert len(write_file("t", claims(fits), signer)) < MAX_BYTES
    with pytest.raises(FileTooLarge):
        write_file("t", claims(fits + 1), signer)
