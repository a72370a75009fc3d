"""A wrong file in Step 1: the page says which file it is and what is wrong, in words."""

import base64
import html

import httpx
import pytest

from app.activation.format.recognition import FileKind, recognise
from app.activation.format.requests import RequestOutcome, read_request
from app.activation.messages import KIND_MESSAGES
from tests.activation.makers import NOW
from tests.activation.test_pages import issue
from tests.activation.world import place, upload
from tests.conftest import Portal

GOOD = upload()
LINES = [GOOD[at : at + 76] for at in range(0, len(GOOD), 76)]
WRONG = {
    "empty": (b"", None, "ファイルが空です"),
    "blank": (b" \r\n", None, "ファイルが空です"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", FileKind.PDF, "PDFファイル"),
    "large-pdf": (b"%PDF-1.7\n" + bytes(70_000), FileKind.PDF, "PDFファイル"),
    "zip": (b"PK\x03\x04\x14\0\0\0", FileKind.ARCHIVE, "ZIPファイル"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0", FileKind.PICTURE, "画像ファイル"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", FileKind.PICTURE, "画像ファイル"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="x"/>', FileKind.PICTURE, "画像ファイル"),
    "old-office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.ARCHIVE, "Office"),
    "memo": ("割り当てのメモ\r\n本番 3".encode(), FileKind.TEXT, "通常のテキストファイル"),
    "html": (b"\n<!DOCTYPE html><title>x</title>", FileKind.WEB_PAGE, "Webページ"),
    "notepad": (GOOD.decode().encode("utf-16"), FileKind.UTF_16, "UTF-16"),
    "utf-16-without-mark": (GOOD.decode().encode("utf-16-le"), FileKind.UTF_16, "UTF-16"),
    "bom": (b"\xef\xbb\xbf" + GOOD, FileKind.MARKED, "BOM"),
    "wrapped": (b"\r\n".join(LINES), FileKind.WRAPPED, "改行や空白"),
    "spaces": (b"  " + GOOD + b"\n\n", FileKind.WRAPPED, "改行や空白"),
    "quoted": (b"\n".join(b"> " + line for line in LINES), FileKind.QUOTED, "引用記号"),
    "base64": (base64.encodebytes(GOOD), FileKind.ENCODED, "base64"),
    "cut-in-payload": (GOOD[: len(GOOD) // 2], FileKind.CUT_OFF, "途中で切れて"),
    "cut-in-signature": (GOOD.rstrip()[:-9], FileKind.CUT_OFF, "途中で切れて"),
    "key": (b"-----BEGIN PUBLIC KEY-----\nMCow\n", FileKind.KEY, "鍵のファイル"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_file_is_named_and_told_in_words(
    portal: Portal, owner: httpx.AsyncClient, name: str
) -> None:
    data, _, words = WRONG[name]
    here = await place(portal.settings)
    files = {"request": (f"契約書 {name}.jwt", data, "application/octet-stream")}
    answer = await owner.post(here.url, files=files)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f"「契約書 {name}.jwt」：" in page and words in page
    assert page.index("<code>") > page.index("</button>"), "the code is for support, at the end"
    assert "お問い合わせ用コード" in page


async def test_the_activation_file_instead_of_the_request_is_told(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    here = await place(portal.settings)
    await issue(owner, here)
    file = (await owner.get(f"{here.url}/1/file")).content
    for data in (file, file[: len(file) // 2], b"\xef\xbb\xbf" + file):
        answer = await owner.post(here.url, files={"request": ("activation.jwt", data)})
        assert "これは、ポータルが作成したアクティベーションファイルです" in answer.text
        assert "activation-request.jwt" in answer.text


@pytest.mark.parametrize("name", [name for name in WRONG if WRONG[name][1]])
def test_what_is_recognised_is_never_accepted(name: str) -> None:
    data, kind, _ = WRONG[name]
    assert recognise(data) is kind
    refused = read_request(data, NOW)
    assert isinstance(getattr(refused, "outcome", None), RequestOutcome)


def test_a_good_file_is_nothing_but_a_request() -> None:
    assert recognise(GOOD) in {None, FileKind.REQUEST}
    assert set(KIND_MESSAGES) == set(FileKind) - {FileKind.REQUEST}


@pytest.mark.parametrize("data", [b"\xff", b"eyJ", b"{}", b"eyJ0eXAiOiAxfQ", b"a" * 70_000, b"W10"])
def test_any_bytes_have_an_answer(data: bytes) -> None:
    assert recognise(data) in {None, *FileKind}
