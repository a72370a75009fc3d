"""Allocating: what is left counts down while numbers are typed, and 最大 fills in."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.cast import Cast
from tests.browser.conftest import CastMaker
from tests.browser.journeys.environments import LIST
from tests.browser.people import MODES, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEST, PRODUCTION = "検証環境", "本番環境"
WALKS = [("mouse", "ja"), ("keyboard", "en"), ("no-script", "ja"), ("no-script", "en")]


def field_of(person: Person, environment: str, product: str) -> str:
    """The name of a field of the grid."""
    return f"{environment} {person.word(product)}"


async def left(page: Page, field: str) -> str:
    """What stands as free beside a field, or in the head of its column."""
    rest = await page.get_by_role("textbox", name=field, exact=True).get_attribute("data-rest")
    return await page.locator(f"#{rest}").inner_text()


async def open_allocation(cast: Cast) -> Person:
    person = await cast.person("owner")
    await person.visit(LIST)
    await person.press("割り当て", TEST)
    return person


@pytest.mark.parametrize("mode", ["mouse", "keyboard"])
async def test_what_is_left_counts_down_as_one_types(make_cast: CastMaker, mode: str) -> None:
    async with make_cast(mode) as cast:
        person = await open_allocation(cast)
        product = "業務基盤プラットフォーム"
        assert await left(person.page, product) == "5"
        for typed, rest in (("3", "3"), ("４", "2"), ("9", "-3"), ("", "6"), ("1,0", "-4")):
            await person.fill(product, typed)
            assert await left(person.page, product) == rest


@pytest.mark.parametrize("mode", MODES)
async def test_most_fills_in_what_is_available(make_cast: CastMaker, mode: str) -> None:
    async with make_cast(mode) as cast:
        person = await open_allocation(cast)
        product = "業務基盤プラットフォーム"
        await person.fill("ワークフロー", "30")
        if person.script:
            await person.leave_by(f"最大6 {product}")
            field = person.page.get_by_label(product, exact=True).first
            await expect(field).to_be_focused()
        else:
            await person.press(f"最大6 {product}")
        await person.finds(product, "6")
        await person.finds("ワークフロー", "30")
        assert await left(person.page, product) == "0"
        await cast.look(person)


async def test_enter_in_a_number_goes_on_to_the_confirm_page(make_cast: CastMaker) -> None:
    async with make_cast("no-script") as cast:
        person = await open_allocation(cast)
        await person.fill("業務基盤プラットフォーム", "2")
        await person.page.keyboard.press("Enter")
        await person.sees_heading("次のとおり割り当てます。よろしいですか？")


@pytest.mark.parametrize(("mode", "language"), WALKS)
async def test_selected_environments_are_allocated_to_in_a_grid(
    make_cast: CastMaker, mode: str, language: str
) -> None:
    async with make_cast(mode, language) as cast:
        person = await cast.person("owner")
        await person.visit(LIST)
        for environment in (TEST, PRODUCTION):
            await person.tick(f"{person.word('選択')} {environment}")
        await person.press("選択した環境に割り当て")
        await cast.look(person)
        platform = field_of(person, TEST, "業務基盤プラットフォーム")
        assert await left(person.page, platform) == "5"
        await person.fill(platform, "8")
        assert await left(person.page, platform) == ("-2" if person.script else "5")
        await person.press("割り当て")
        await person.sees_error("入力内容を確認してください")
        await person.finds(platform, "8")
        assert await left(person.page, platform) == "-2"
        await cast.look(person)
        await person.fill(platform, "2")
        await person.fill(field_of(person, PRODUCTION, "分析ダッシュボード"), "１０")
        await person.press("割り当て")
        await cast.look(person)
        await person.press("戻る")
        await person.finds(platform, "2")
        await person.press("割り当て")
        await person.press("決定")
        await person.sees_status(TEST)


async def test_each_step_offers_the_next_one(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")
        await person.visit(f"{LIST}/new")
        await person.fill("環境名", "第三工場")
        await person.fill("ソートキー", "40")
        await person.press("登録")
        await person.press("決定")
        await cast.look(person)
        await person.press("続けて製品を割り当てる")
        await person.fill("業務基盤プラットフォーム", "1")
        await person.press("割り当て")
        await person.press("決定")
        await person.sees_status("業務基盤プラットフォーム 0 → 1")
        await person.press("アクティベートへ")
        await person.sees("第三工場")
