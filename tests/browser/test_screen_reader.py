"""What a screen reader is given: Chromium's accessibility tree, read from top to bottom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.browser.conftest import CastMaker
from tests.browser.journeys.environments import LIST
from tests.browser.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
LANDMARKS = {"banner", "navigation", "main", "contentinfo"}
ENVIRONMENTS = ("本番環境", "検証環境")
PRODUCT, REST = "業務基盤プラットフォーム", "分析ダッシュボード"


@dataclass(frozen=True)
class Node:
    """Something that is read out, with what is in it."""

    role: str
    name: str
    description: str
    properties: dict[str, Any]
    children: list["Node"] = field(default_factory=list)

    def all(self, *roles: str) -> Iterator["Node"]:
        """What is in it, itself first, in the order of reading; of these roles alone."""
        if not roles or self.role in roles:
            yield self
        for child in self.children:
            yield from child.all(*roles)

    def names(self, *roles: str) -> list[str]:
        """The names of what is in it."""
        return [node.name for node in self.all(*roles)]

    @property
    def text(self) -> str:
        """All that is read out of it."""
        return "".join(self.names("StaticText"))


async def read(person: Person) -> Node:
    """The page as Chromium tells it to assistive software."""
    browser = await person.page.context.new_cdp_session(person.page)
    nodes = (await browser.send("Accessibility.getFullAXTree"))["nodes"]
    await browser.detach()
    by_id = {node["nodeId"]: node for node in nodes}

    def value(node: dict[str, Any], key: str) -> str:
        return str(node.get(key, {}).get("value", ""))

    def made(node: dict[str, Any]) -> Node:
        return Node(
            "" if node["ignored"] else value(node, "role"),
            value(node, "name"),
            value(node, "description"),
            {entry["name"]: entry["value"].get("value") for entry in node.get("properties", ())},
            [made(by_id[id]) for id in node.get("childIds", ()) if id in by_id],
        )

    return made(nodes[0])


def focused(page: Node) -> Node:
    """Where reading goes on."""
    return [node for node in page.all() if node.properties.get("focused")][-1]


def headings(page: Node) -> list[tuple[int, str]]:
    """The outline of the page."""
    return [(node.properties["level"], node.name) for node in page.all("heading")]


def check_frame(page: Node, *inside: str) -> None:
    """The parts come in order, and the places where messages are spoken are there."""
    landmarks = [(n.role, n.name) for n in page.all(*LANDMARKS)]
    navigations = [("navigation", name) for name in inside]
    start = [("banner", ""), ("navigation", "ポータル"), ("main", "")]
    assert landmarks == [*start, *navigations, ("contentinfo", "")]
    live = {node.role: node.properties["live"] for node in page.all("status", "alert")}
    assert live == {"status": "polite", "alert": "assertive"}


async def test_a_screen_reader_is_told_the_place_the_fault_and_the_outcome(
    make_cast: CastMaker,
) -> None:
    async with make_cast() as cast:
        person = await cast.person("owner")

        await person.visit(LIST)
        page = await read(person)
        check_frame(page, "現在の位置", "ご契約の内容")
        assert headings(page) == [(1, "基幹システム契約"), (2, "環境")]
        rows = [row for row in page.all("row") if row.names("rowheader")]
        for row, name in zip(rows, ENVIRONMENTS, strict=True):
            assert row.names("rowheader") == [name]
            assert row.names("link") == [f"{word} {name}" for word in ("割り当て", "利用", "編集")]

        await person.press("割り当て", ENVIRONMENTS[1])
        await person.fill(PRODUCT, "たくさん")
        await person.fill(REST, "1.5")
        await person.press("割り当て")
        page = await read(person)
        check_frame(page, "現在の位置", "ご契約の内容")
        summary = focused(page)
        assert summary.role == "alert"
        assert summary.names("heading") == ["入力内容を確認してください"]
        fields = {node.name: node for node in page.all("textbox")}
        wrong = [node for node in fields.values() if node.properties["invalid"] == "true"]
        assert {node.name for node in wrong} == {PRODUCT, REST}
        for message, node in zip(summary.names("link"), wrong, strict=True):
            assert message in node.description
            assert "最大" in node.description, "the limit is read with the field"
        for row in (row for row in page.all("row") if row.names("textbox")):
            assert row.names("textbox")[0] in row.names("rowheader")[0]

        await person.fill(PRODUCT, "4")
        await person.fill(REST, "0")
        await person.press("割り当て")
        page = await read(person)
        check_frame(page)
        assert headings(page)[0] == (1, focused(page).name)
        assert focused(page).role == "heading"
        assert any(PRODUCT in name for name in page.names("rowheader"))
        assert page.names("button")[-1] == "決定" and "戻る" in page.names("link")

        await person.press("決定")
        page = await read(person)
        assert focused(page).name == "環境"
        assert ENVIRONMENTS[1] in next(page.all("status")).text


def check_steps(page: Node, *done: str, current: str) -> None:
    """Each step is an entry of one list; those before the present one say that they are done."""
    (flow,) = (node for node in page.all("navigation") if node.name == "手順")
    entries = ["".join(entry.names("StaticText")) for entry in flow.all("listitem")]
    assert entries[: len(done)] == [f"{name}済み" for name in done]
    assert entries[len(done)].endswith(current) and "済み" not in "".join(entries[len(done) :])


async def test_a_screen_reader_is_told_each_step_of_an_activation(make_cast: CastMaker) -> None:
    async with make_cast() as cast:
        person, request = await cast.person("owner"), cast.licensed_system().request()
        await person.visit(LIST)
        await person.press("利用", ENVIRONMENTS[1])
        page = await read(person)
        check_frame(page, "現在の位置", "ご契約の内容", "手順")
        assert focused(page).name == f"利用 {ENVIRONMENTS[1]}"
        check_steps(page, "システムで依頼", current="登録")

        await person.upload("アクティベーションリクエストファイル", request)
        await person.press("登録")
        page = await read(person)
        assert headings(page)[0] == (1, focused(page).name)
        check_steps(page, "システムで依頼", "登録", current="確認")

        await person.press("決定")
        page = await read(person)
        assert focused(page).name == f"アクティベーション1 {ENVIRONMENTS[1]}"
        check_steps(page, "システムで依頼", "登録", "確認", current="ダウンロード")
        assert "発行しました" in next(page.all("status")).text
        await person.leave_by("コピー アクティベーションファイルの確認コード")
        await person.sees_status("コピーしました")
