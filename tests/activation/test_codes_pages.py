"""QR codes instead of files, as an owner meets them in the portal."""

import io
import re
from collections.abc import Sequence

import httpx
import pytest

from app.activation.format.jws import decode
from app.activation.format.parts import Maker, join, read_parts, split
from benchmarks.photographs import photograph, sheet_of
from licensed_system.parts import split as split_request
from tests.activation.test_pages import confirm, issue
from tests.activation.world import Place, audited, place, upload
from tests.conftest import Portal

File = tuple[str, bytes, str]


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境: PLATFORM 1, WORKFLOW 20, never activated."""
    return await place(portal.settings)


def _photo(text: str, seed: int) -> File:
    return (f"IMG_{seed}.JPG", photograph(text, None, "m", seed), "image/jpeg")


def _screenshot(texts: Sequence[str]) -> File:
    file = io.BytesIO()
    sheet_of(texts).save(file, "PNG")
    return ("screen.png", file.getvalue(), "image/png")


async def _send(
    client: httpx.AsyncClient, here: Place, photos: Sequence[File] = (), text: str = ""
) -> httpx.Response:
    files = [("photos", photo) for photo in photos] or [("photos", ("", b"", ""))]
    return await client.post(f"{here.url}/photos", data={"text": text}, files=files)


def _kept(page: str) -> str:
    """What the field of the text shows."""
    found = re.search(r'<textarea[^>]*id="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


async def test_photos_of_all_codes_lead_to_the_confirm_step_as_the_file_does(
    owner: httpx.AsyncClient, here: Place
) -> None:
    data = upload()
    parts = split_request(data, most=300)
    photos = [_photo(part, seed) for seed, part in enumerate(parts, start=40)]
    page = await confirm(owner, await _send(owner, here, photos[::-1]))
    assert page.status_code == 200 and f"{here.url}/1/file" in page.text
    assert [row["request_jti"] for row in await here.rows()] == [decode(data).payload["jti"]]


async def test_several_codes_in_one_picture_are_enough(
    owner: httpx.AsyncClient, here: Place
) -> None:
    page = await confirm(owner, await _send(owner, here, [_screenshot(split_request(upload()))]))
    assert page.status_code == 200 and len(await here.rows()) == 1


async def test_a_missing_part_is_named_and_the_others_need_no_second_photo(
    owner: httpx.AsyncClient, here: Place
) -> None:
    parts = split_request(upload(), most=300)
    first = await _send(owner, here, [_screenshot([parts[0]]), _screenshot(parts[2:])])
    assert first.status_code == 422
    assert f"全{len(parts)}個のQRコードのうち、2番目がまだ" in first.text
    assert f"{len(parts) - 1}個を読み取りました" in first.text
    again = await _send(owner, here, [_screenshot([parts[1]])], _kept(first.text))
    assert again.status_code == 303


async def test_scanned_text_in_any_case_is_enough(owner: httpx.AsyncClient, here: Place) -> None:
    typed = "\r\n".join(split_request(upload())).lower()
    assert (await confirm(owner, await _send(owner, here, text=typed))).status_code == 200
    assert len(await here.rows()) == 1


async def test_only_the_page_of_the_photos_may_ask_for_the_camera(
    owner: httpx.AsyncClient, here: Place
) -> None:
    for answer in (await owner.get(f"{here.url}/photos"), await _send(owner, here)):
        assert answer.headers["permissions-policy"].startswith("camera=(self),")
        assert "/static/camera." in answer.text
    other = await owner.get(here.url)
    assert other.headers["permissions-policy"].startswith("camera=(),")
    assert "/static/camera." not in other.text


async def test_the_same_request_again_leads_to_its_activation(
    owner: httpx.AsyncClient, here: Place
) -> None:
    data = upload()
    await issue(owner, here, data)
    again = await _send(owner, here, text="\n".join(split_request(data)))
    assert again.headers["location"] == f"{here.url}/1?repeat=1"


async def test_a_request_that_breaks_a_rule_is_refused_in_words_and_recorded(
    owner: httpx.AsyncClient, here: Place
) -> None:
    answer = await _send(owner, here, text="\n".join(split_request(b"no request")))
    assert answer.status_code == 422 and "<code>malformed</code>" in answer.text
    [event] = await audited("activation-refusal")
    assert event["details"] == '{"code": "malformed"}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "QRコードの写真を選択するか"),
        ("こんにちは", "QRコードの文字列ではありません"),
        ("LP1-R-AAAAAA-1-1-AA-AAAAAAA", "途中で切れているか"),
        ("\n".join(split(Maker.PORTAL, b"answer")), "アクティベーションファイルのQRコードです"),
        ("\n".join([*split_request(b"one"), *split_request(b"two")]), "別のファイルのQRコード"),
        ("x" * 200_000, "QRコードの文字列ではありません"),
    ],
    ids=["nothing", "text", "damaged", "activation", "mixed", "long"],
)
async def test_what_is_no_request_is_refused_in_words_and_kept(
    owner: httpx.AsyncClient, here: Place, text: str, words: str
) -> None:
    answer = await _send(owner, here, text=text)
    assert answer.status_code == 422 and words in answer.text
    assert _kept(answer.text).startswith(text[:1000])


async def test_pictures_that_cannot_be_read_are_named_and_no_server_error(
    owner: httpx.AsyncClient, here: Place
) -> None:
    pictures = [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("b.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        ("c.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, "image/png"),
        ("d.jpg", b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024), "image/jpeg"),
        _screenshot(["HTTPS://EXAMPLE.COM/"]),
    ]
    answer = await _send(owner, here, pictures)
    assert answer.status_code == 422
    for words in (
        "「a.svg」は画像では",
        "「b.heic」はHEIC",
        "「c.png」は壊れて",
        "「d.jpg」は大きすぎ",
    ):
        assert words in answer.text
    assert "ライセンスを適用するシステムのものではありません" in answer.text


async def test_a_bad_picture_beside_all_parts_does_no_harm(
    owner: httpx.AsyncClient, here: Place
) -> None:
    photos = [("memo.txt", b"memo", "text/plain"), _screenshot(split_request(upload()))]
    assert (await _send(owner, here, photos)).status_code == 303


async def test_a_hundred_pictures_are_refused_in_words(
    owner: httpx.AsyncClient, here: Place
) -> None:
    answer = await _send(owner, here, [("a.txt", b"x", "text/plain")] * 100)
    assert answer.status_code == 422 and "8枚まで" in answer.text


async def test_a_picture_of_another_request_leaves_what_was_read(
    owner: httpx.AsyncClient, here: Place
) -> None:
    parts = split_request(upload(), most=300)
    answer = await _send(owner, here, [_screenshot(split_request(b"other"))], parts[0])
    assert answer.status_code == 422 and "別のファイルのQRコード" in answer.text
    assert _kept(answer.text) == parts[0]


async def test_the_codes_of_an_activation_file_are_its_bytes_and_count_as_a_download(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    assert (await owner.get(f"{here.url}/1/codes/1")).status_code == 404, "the page notes it first"
    assert (await owner.head(f"{here.url}/1/codes")).status_code == 200
    assert (await here.rows())[0]["downloaded_at"] is None
    page = await owner.get(f"{here.url}/1/codes")
    assert page.headers["cache-control"] == "no-store"
    assert (await here.rows())[0]["downloaded_at"] is not None
    file = (await owner.get(f"{here.url}/1/file")).content
    parts = split(Maker.PORTAL, file)
    pictures = re.findall(r'<img src="([^"]+)"', page.text)
    assert len(pictures) == len(parts) > 1
    assert f"1 / {len(parts)}" in page.text
    assert join(read_parts("\n".join(parts), Maker.PORTAL)) == file
    for address in pictures:
        picture = await owner.get(address)
        assert picture.headers["content-type"] == "image/svg+xml"
        assert picture.headers["cache-control"] == "no-store"


async def test_a_part_that_the_file_does_not_have_is_not_found(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    for part in ("0", "99", "-1", "99999999999999999999"):
        assert (await owner.get(f"{here.url}/1/codes/{part}")).status_code == 404


async def test_members_and_outsiders_find_neither_page(portal: Portal, here: Place) -> None:
    async with await portal.signed_in("owner") as client:
        await issue(client, here)
    for code in ("member", "outsider"):
        async with await portal.signed_in(code) as client:
            for path in ("photos", "1/codes", "1/codes/1"):
                assert (await client.get(f"{here.url}/{path}")).status_code == 404
            assert (await _send(client, here, text="x")).status_code == 404
    assert not await audited("activation-refusal")
