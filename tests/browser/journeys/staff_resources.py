"""The vendor's staff upload a file and publish it."""

from app.database import fetch
from tests.browser.cast import Cast
from tests.browser.matrix import VENDOR, Journey

NAME = "patch-9.zip"


async def _upload(cast: Cast) -> None:
    file = cast.folder / NAME
    file.write_bytes(b"PK\x05\x06" + bytes(18))
    await cast.people[0].upload("ファイル", file)
    await cast.people[0].press("アップロード")
    await cast.people[0].sees_heading("ファイルを公開")


async def walk(cast: Cast) -> None:
    """No match, no file, a file that a colleague threw away meanwhile, and one published."""
    person = await cast.person("clerk")
    await person.visit("/staff/resources?search=nowhere")
    await cast.reached("empty", person)
    await person.press("ファイルをアップロード")
    await person.press("アップロード")
    await person.sees_error("ファイルを選んでください。")
    await cast.reached("error", person)
    await _upload(cast)
    await person.fill("版", "9.0")
    await person.tick("ワークフロー WORKFLOW")
    await cast.look(person)
    await person.press("公開")
    await person.sees(NAME)
    await fetch("delete from resource_upload where name = $1", NAME)
    await person.press("決定")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("conflict", person)
    await person.press("ファイルをアップロード")
    await _upload(cast)
    await person.fill("版", "9.0")
    await person.tick("ワークフロー WORKFLOW")
    await person.press("公開")
    await person.press("決定")
    await person.sees_status(person.word("ファイルを公開しました。"))
    await cast.reached("done", person)


PUBLICATION = Journey("staff: upload a file and publish it", walk, people=VENDOR)
