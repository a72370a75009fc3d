"""Photographs of an activation file's QR codes, on the page and by the command."""

from __future__ import annotations

import html
import io
import re
import struct
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import html5lib
import pytest

from benchmarks.photographs import photograph, sheet_of
from licensed_system import part_messages, photo_reading, uploads
from licensed_system.jws import check_code
from licensed_system.page_choice import LARGEST_FORM
from licensed_system.parts import split
from licensed_system.photos import MOST_BYTES, MOST_PHOTOS, Photo, read
from licensed_system.status import Standing
from tests.licensed_system.browser import BOUNDARY, Answer, Browser
from tests.licensed_system.plant import Plant

Capture = pytest.CaptureFixture[str]
File = tuple[str, bytes]


def _parts(plant: Plant) -> list[str]:
    """The parts of the file that answers a new request."""
    return split(plant.issuer.answer(plant.request()), "A", 600)


def _screenshot(texts: Sequence[str], name: str = "screen.png") -> File:
    file = io.BytesIO()
    sheet_of(texts).save(file, "PNG")
    return (name, file.getvalue())


def _send(browser: Browser, photos: Sequence[File] = (), text: str = "") -> Answer:
    """Choose photographs in Step 3 and press アクティベート, as a browser sends the form."""
    fields = [("file", "", b""), *(("photos", *photo) for photo in photos or [("", b"")])]
    heads = [f'name="{field}"; filename="{name}"' for field, name, _ in fields]
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content
        + b"\r\n"
        for head, content in [
            *zip(heads, (content for *_, content in fields), strict=True),
            ('name="text"', text.encode()),
        ]
    )  # fmt: skip
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return browser.post("/activations", body + f"--{BOUNDARY}--\r\n".encode(), kind)


def _kept(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def _apply(browser: Browser, answer: Answer) -> None:
    action = re.search(r'action="([^"]+)"', browser.follow(answer).text)
    assert action
    browser.follow(browser.post(action[1]))


def test_photographs_of_all_codes_license_the_system(browser: Browser, plant: Plant) -> None:
    file = plant.issuer.answer(plant.request())
    photos = [
        (f"IMG_{seed}.JPG", photograph(part, None, "m", seed))
        for seed, part in enumerate(split(file, "A", 600), start=40)
    ]
    answer = _send(browser, photos[::-1])
    assert check_code(file) in browser.follow(answer).text
    _apply(browser, answer)
    assert plant.status().standing is Standing.LICENSED


def test_a_missing_part_is_named_and_needs_one_more_photograph_only(
    browser: Browser, plant: Plant
) -> None:
    parts = _parts(plant)
    first = _send(browser, [_screenshot(parts[:1]), _screenshot(parts[2:], "日本語.png")])
    assert first.status == 422 and "<code>missing-parts</code>" in first.text
    assert f"全 {len(parts)} 個の QR コードのうち、2 番目" in first.text
    assert 'href="#photos"' in first.text and "欄に残して" in first.text
    assert html5lib.HTMLParser(strict=True).parse(first.text) is not None
    again = _send(browser, [_screenshot([parts[1]])], _kept(first.text))
    _apply(browser, again)
    assert plant.status().standing is Standing.LICENSED


def test_a_scanner_adds_the_part_that_no_photograph_showed(browser: Browser, plant: Plant) -> None:
    parts = _parts(plant)
    assert _send(browser, [_screenshot(parts[1:])], parts[0].lower() + "\r\n").status == 303


def test_bad_pictures_are_named_and_change_nothing(browser: Browser, plant: Plant) -> None:
    before = plant.bytes_of_state()
    answer = _send(
        browser,
        [
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("b.heic", b"\0\0\0\x18ftypheic\0\0\0\0"),
            ("c.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 50),
            ("d.jpg", b"\xff\xd8\xff" + b"\0" * MOST_BYTES),
            ("{name}<script>.png", _bomb()),
            _screenshot(["HTTPS://EXAMPLE.COM/"]),
        ],
    )
    assert answer.status == 422 and "<code>unreadable-photo</code>" in answer.text
    for words in (
        "「a.svg」は画像では",
        "「b.heic」は HEIC",
        "「c.png」は壊れて",
        "「d.jpg」は大きすぎ",
        "「{name}&lt;script&gt;.png」は大きすぎ",
        "アクティベーションファイルのものではありません",
    ):
        assert words in answer.text
    assert plant.bytes_of_state() == before


def _bomb() -> bytes:
    """A PNG of 50,000 × 50,000 pixels in a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def test_a_bad_picture_beside_all_parts_does_no_harm(browser: Browser, plant: Plant) -> None:
    photos = [("memo.txt", b"memo"), _screenshot(_parts(plant))]
    assert _send(browser, photos).status == 303


def test_the_codes_of_the_request_itself_are_refused_in_words(
    browser: Browser, plant: Plant
) -> None:
    answer = _send(browser, [_screenshot(split(plant.request().encode()))], "")
    assert answer.status == 422 and "<code>wrong-type</code>" in answer.text
    assert _kept(answer.text) == ""


def test_a_photograph_of_another_file_leaves_what_was_read(browser: Browser, plant: Plant) -> None:
    part = _parts(plant)[0]
    answer = _send(browser, [_screenshot(split(b"other", "A"))], part)
    assert answer.status == 422 and "<code>mixed-parts</code>" in answer.text
    assert _kept(answer.text) == part


def test_pictures_beyond_the_number_are_not_read_and_said_so(browser: Browser) -> None:
    answer = _send(browser, [("a.txt", b"x")] * (MOST_PHOTOS + 1))
    assert answer.status == 422 and f"{MOST_PHOTOS} 枚まで" in answer.text
    assert answer.text.count("「a.txt」") == MOST_PHOTOS


def test_a_form_that_is_too_large_is_refused_in_words(browser: Browser) -> None:
    answer = _send(browser, [("a.jpg", b"x" * LARGEST_FORM)])
    assert answer.status == 422 and "合計 80 MiB" in answer.text


def test_without_the_packages_the_page_says_what_to_install_and_takes_text(
    browser: Browser, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    home = browser.get("/").text
    assert 'name="photos"' not in home and "licensed-system[qr]" in home
    parts = _parts(plant)
    answer = _send(browser, [_screenshot(parts)])
    assert answer.status == 422 and "<code>qr-unavailable</code>" in answer.text
    assert _send(browser, text="\n".join(parts)).status == 303


def test_a_form_with_photographs_is_kept_out_of_memory_and_read_as_a_small_one() -> None:
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s'
    names = (("photos", "C:\\\\photos\\\\a.jpg"), ("photos", "../b.jpg"))
    small = "\r\n".join(field % (*name, "xyz") for name in names).encode()
    large = small + b"0" * uploads.IN_MEMORY + f"\r\n--{BOUNDARY}--\r\n".encode()
    for body in (small, large):
        with uploads.received(io.BytesIO(body).read, len(body)) as held:
            fields = list(uploads.read_fields(f"multipart/form-data; boundary={BOUNDARY}", held))
            assert [each.file_name for each in fields] == ["a.jpg", "b.jpg"]
            assert [each.content(3) for each in fields] == [b"xyz", b"xyz"]
            assert isinstance(held, bytes) == (body == small)


def test_a_form_that_ends_early_is_what_came() -> None:
    for body in (b"", b"--x"):
        with uploads.received(io.BytesIO(body).read, 2 * uploads.IN_MEMORY) as held:
            assert not list(uploads.read_fields("multipart/form-data; boundary=x", held))


def test_each_fault_of_the_reader_has_its_words() -> None:
    faults = {
        photo_reading.NO_PICTURE, photo_reading.HEIF, photo_reading.BROKEN,
        photo_reading.TOO_LARGE, photo_reading.NO_CODE,
    }  # fmt: skip
    assert faults == set(part_messages.PHOTO_FAULTS)


def test_a_reader_that_meets_a_limit_calls_the_picture_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("licensed_system.photos.LONGEST_WAIT", 0.001)
    [problem] = read([Photo("a.png", _bomb())]).problems
    assert "大きすぎ" in problem.message("ja")


def test_the_command_takes_photographs(plant: Plant, tmp_path: Path, capsys: Capture) -> None:
    parts, paths = _parts(plant), list[str]()
    for number, (_, content) in enumerate([_screenshot(parts[:2]), _screenshot(parts[2:])]):
        paths.append(str(tmp_path / f"IMG_{number}.png"))
        Path(paths[-1]).write_bytes(content)
    assert plant.run("activate", "--photo", paths[0]) == 2
    line = capsys.readouterr().err
    assert line.startswith("missing-parts: ") and line.count("\n") == 1
    (tmp_path / "memo.txt").write_text("memo", encoding="utf-8")
    memo = str(tmp_path / "memo.txt")
    assert plant.run("activate", "--photo", *paths, "--photo", memo) == 0
    assert "「memo.txt」は画像では" in capsys.readouterr().out
    assert plant.status().standing is Standing.LICENSED
    assert plant.run("activate", "--photo", memo) == 2
    assert capsys.readouterr().err.startswith("unreadable-photo: 「memo.txt」")
    assert plant.run("activate", "--photo", str(tmp_path / "none.jpg")) == 2
    assert capsys.readouterr().err.startswith("unreadable-file: ")


def test_without_the_packages_the_command_says_what_to_install(
    plant: Plant, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert plant.run("activate", "--photo", "a.jpg") == 2
    line = capsys.readouterr().err
    assert line.startswith("qr-unavailable: ") and "licensed-system[qr]" in line
