"""The vendor's staff write a notice in both languages, look at it, and publish it."""

from app.database import fetch
from tests.browser.cast import Cast
from tests.browser.matrix import VENDOR, Journey
from tests.browser.people import Person

CHANGED = "ほかの方が先に変更しました。現在の内容を確認して、もう一度お試しください。"

TEXTS = {
    "日本語の件名": "夏の点検",
    "日本語の本文": "八月に点検します。",
    "英語の件名": "Summer works",
    "英語の本文": "Works are in August.",
}


async def _write(person: Person) -> None:
    for label, text in TEXTS.items():
        await person.fill(label, text)


async def walk(cast: Cast) -> None:
    """No match, nothing chosen, a preview, and a colleague who edits the draft meanwhile."""
    title = {"ja": "夏の点検", "en": "Summer works"}[cast.language]
    person = await cast.person("clerk")
    await person.visit("/staff/notices?search=nowhere")
    await cast.reached("empty", person)
    await person.press("お知らせを作成")
    await _write(person)
    await person.press("プレビュー")
    await person.sees_error("入力内容を確認してください")
    await person.finds("日本語の本文", "八月に点検します。")
    await cast.reached("error", person)
    await person.tick("ワークフロー WORKFLOW")
    await person.press("プレビュー")
    await person.sees_heading(title)
    await cast.look(person)
    await person.press("登録")
    await person.press("決定")
    await person.press("公開")
    await person.press("公開")
    await fetch("update notice set revision = revision + 1 where title_en = 'Summer works'")
    await person.press("決定")
    await person.sees_error(
        "ほかの方が先に変更しました。現在の内容を確認して、もう一度お試しください。"
    )
    await cast.reached("conflict", person)
    await person.press("公開")
    await person.press("決定")
    await person.sees_status(person.word("お知らせを公開しました。"))
    await cast.reached("done", person)


PUBLICATION = Journey("staff: write, preview and publish a notice", walk, people=VENDOR)
