"""The confirm step: one's own, for two days, for those who still may, and all or nothing."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Acts, Context, Done, Payload, Refused, Statement
from app.confirmations.services import confirm as do_confirm
from app.confirmations.services import propose as keep
from app.database import fetch, fetch_value
from app.storage import open_storage
from tests.conftest import Portal, Stage
from tests.environments.steps import LIST, NEW, allocated, environment, names, propose

FORM = {"name": "開発環境", "sort_key": "15"}


async def not_found(client: httpx.AsyncClient, location: str) -> None:
    """Neither shown nor done."""
    assert (await client.get(location)).status_code == 404
    assert (await client.post(location)).status_code == 404


@pytest.mark.parametrize("who", ["outsider", "member", "staff"])
async def test_somebody_elses_confirmation_is_not_found(
    portal: Portal, owner: httpx.AsyncClient, who: str
) -> None:
    location = await propose(owner, NEW, FORM)
    async with await portal.signed_in(who) as other:
        await not_found(other, location)
    assert "開発環境" not in await names()


async def test_a_person_whose_access_ended_reads_that_nothing_was_changed(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    location = await propose(owner, NEW, FORM)
    for role in ("owner", "member"):
        await fetch(
            "update membership m set role = $1 from portal_user u, contract c"
            " where u.id = m.\"user\" and c.id = m.contract and c.number = 'D-1001'"
            " and u.code = case $1 when 'owner' then 'member' else 'owner' end",
            role,
        )
    answer = await owner.post(location)
    assert answer.status_code == 404
    assert "この操作は行えなくなりました" in answer.text and "変更されていません" in answer.text


async def test_one_that_never_was_is_not_found(owner: httpx.AsyncClient) -> None:
    await not_found(owner, f"/confirmations/{uuid4()}")


async def test_it_waits_for_two_days_and_no_longer(owner: httpx.AsyncClient) -> None:
    location = await propose(owner, NEW, FORM)
    left = await fetch_value("select expires_at - now() from confirmation")
    assert 47.9 < left.total_seconds() / 3600 <= 48
    await fetch("update confirmation set expires_at = now()")
    await not_found(owner, location)
    assert "開発環境" not in await names()


async def lose_role(number: str = "D-1001") -> None:
    await fetch(
        "insert into membership select gen_random_uuid(), u.id, c.id, 'owner', true, now()"
        " from portal_user u, contract c where u.code = 'staff' and c.number = $1",
        number,
    )
    await fetch(
        "update membership m set role = 'member' from portal_user u, contract c"
        " where m.\"user\" = u.id and m.contract = c.id and u.code = 'owner' and c.number = $1",
        number,
    )


async def test_who_lost_the_role_between_form_and_confirming_changes_nothing(
    owner: httpx.AsyncClient,
) -> None:
    path = f"{LIST}/{await environment()}"
    platform = await fetch_value(
        "select a.entitlement from allocation a join entitlement e on e.id = a.entitlement"
        " join product p on p.id = e.product where a.environment = $1 and p.code = 'PLATFORM'",
        await environment(),
    )
    locations = [
        await propose(owner, NEW, FORM),
        await propose(owner, path, {"name": "x", "sort_key": "1", "version": "1"}),
        await propose(owner, f"{path}/retirement", {}),
        await propose(owner, f"{path}/allocations", {f"q-{platform}": "2"}),
    ]
    await lose_role()
    for location in locations:
        await not_found(owner, location)
    assert await names() == ["本番環境", "検証環境"]
    assert await allocated() == {"PLATFORM": 1, "WORKFLOW": 20}


async def test_when_the_contract_ended_between_form_and_confirming_nothing_changes(
    owner: httpx.AsyncClient,
) -> None:
    location = await propose(owner, NEW, FORM)
    await fetch("update contract set ends_on = current_date - 3 where number = 'D-1001'")
    await not_found(owner, location)
    assert "開発環境" not in await names()


async def test_a_payload_is_one_of_its_persons_contract_whatever_address_it_came_by(
    owner: httpx.AsyncClient,
) -> None:
    """The confirm page looks everything up again, through the person."""
    location = await propose(owner, NEW, FORM)
    await fetch("update confirmation set payload = jsonb_set(payload, '{contract}', '\"D-2001\"')")
    await not_found(owner, location)
    assert await names("D-2001") == ["他社本番"]


async def test_the_draft_of_another_act_or_person_fills_no_form(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    location = await propose(owner, NEW, FORM)
    draft = location.rsplit("/", 1)[1]
    path = f"{LIST}/{await environment()}"
    assert "開発環境" not in (await owner.get(f"{path}?draft={draft}")).text
    assert "開発環境" not in (await owner.get(f"{path}/allocations?draft={draft}")).text
    async with await portal.signed_in("outsider") as outsider:
        theirs = "/contracts/D-2001/environments/new"
        assert "開発環境" not in (await outsider.get(f"{theirs}?draft={draft}")).text


async def test_the_draft_of_one_environment_does_not_fill_the_form_of_another(
    owner: httpx.AsyncClient,
) -> None:
    path = f"{LIST}/{await environment()}"
    form = {"name": "検収環境", "sort_key": "5", "version": "1"}
    draft = (await propose(owner, path, form)).rsplit("/", 1)[1]
    other = f"{LIST}/{await environment('本番環境')}"
    html = (await owner.get(f"{other}?draft={draft}")).text
    assert "検収環境" not in html and 'value="本番環境"' in html


def _viewer(id: UUID) -> Viewer:
    return Viewer(
        id=id,
        session=id,
        code="owner",
        name="",
        language="ja",
        staff_role=None,
        terms_accepted=True,
        must_change_password=False,
        generation=1,
    )


class Half(Payload, frozen=True):
    """How an act that fails halfway ends."""

    how: str


async def _state(_context: Context, _payload: Half) -> Statement:
    return Statement(heading="?", facts=[], back="/back")


async def _half(_context: Context, payload: Half) -> Done:
    await fetch("insert into corporate_group values (gen_random_uuid(), 'half')")
    if payload.how == "refused":
        raise Refused("not-now")
    if payload.how == "broken":
        raise RuntimeError
    return Done("/done", "Done.")


HALF = Act("half", Half, _state, _half)
ACTS = Acts([HALF])


async def _proposed(stage: Stage, how: str, upload: bytes | None = None) -> tuple[Context, UUID]:
    viewer = _viewer(await fetch_value("select id from portal_user where code = 'owner'"))
    location = await keep(viewer, HALF, Half(how), upload)
    context = Context(viewer, stage.settings, open_storage(stage.settings))
    return context, UUID(location.rsplit("/", 1)[1])


@pytest.mark.parametrize("how", ["refused", "broken"])
async def test_an_act_that_fails_halfway_leaves_nothing(
    stage: Stage, database: str, how: str
) -> None:
    context, id = await _proposed(stage, how)
    if how == "broken":
        with pytest.raises(RuntimeError):
            await do_confirm(ACTS, context, id)
    else:
        assert await do_confirm(ACTS, context, id) == f"/back?draft={id}"
    assert await fetch_value("select count(*) from corporate_group where name = 'half'") == 0
    assert await fetch_value("select done_at from confirmation") is None


async def test_ten_at_once_have_one_effect_and_one_answer(stage: Stage, database: str) -> None:
    context, id = await _proposed(stage, "well")
    answers = await asyncio.gather(*(do_confirm(ACTS, context, id) for _ in range(10)))
    assert set(answers) == {f"/done?done={id}"}
    assert await fetch_value("select count(*) from corporate_group where name = 'half'") == 1


async def test_an_upload_is_thrown_away_once_it_was_used(stage: Stage, database: str) -> None:
    context, id = await _proposed(stage, "well", b"upload")
    await do_confirm(ACTS, context, id)
    assert await fetch_value("select upload from confirmation") is None


def test_two_acts_of_one_name_are_a_defect() -> None:
    act = Act("half", Half, _state, _half)
    with pytest.raises(AssertionError):
        Acts([act, act])


@pytest.mark.parametrize("kept", ['{"contract": "D-1001"}', '{"name": "x", "how": 1}', "[]"])
async def test_what_an_earlier_version_kept_in_another_form_expires_in_words(
    owner: httpx.AsyncClient, kept: str
) -> None:
    location = await propose(owner, NEW, {"name": "開発環境", "sort_key": "15"})
    await fetch("update confirmation set payload = $1", kept)
    draft = f"{NEW}?draft={location.rsplit('/', 1)[1]}"
    for answer in (await owner.get(location), await owner.post(location), await owner.get(draft)):
        assert answer.status_code == 410
        assert "このフォームは古くなっています" in answer.text
        assert "変更は行われていません" in answer.text
    assert await fetch_value("select count(*) from environment where name = '開発環境'") == 0
