"""QR codes instead of files: what the licensed system shows, and what a scanner types into it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from PIL import Image

from app.qr_codes.reading import read_codes
from licensed_system import qr, scanning
from licensed_system.jws import check_code
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.parts import join, split
from licensed_system.status import Standing
from tests.licensed_system.browser import BOUNDARY, Answer, Browser
from tests.licensed_system.plant import Plant

Capture = pytest.CaptureFixture[str]
OFFLINE = "import sys; sys.modules['segno'] = None; from licensed_system.command import main; "


def _scanned(parts: list[str]) -> str:
    """What a handheld scanner types: Enter after each code, and the case that Caps Lock left."""
    return "".join(f"{part.lower()}\r\n" for part in reversed(parts))


def _type(browser: Browser, text: str) -> Answer:
    """Scan into the field of Step 3 and press アクティベート."""
    names = ('name="file"; filename=""', 'name="text"')
    fields = (("", names[0]), (text, names[1]))
    body = "".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n"
        for value, name in fields
    )
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return browser.post("/activations", f"{body}--{BOUNDARY}--\r\n".encode(), kind)


def _read(picture: bytes) -> list[str]:
    return read_codes(io.BytesIO(picture))


def test_pictures_of_a_request_hold_the_very_file(
    plant: Plant, tmp_path: Path, capsys: Capture
) -> None:
    out, picture = tmp_path / "request.jwt", tmp_path / "request.png"
    assert plant.run("request", "--out", str(out), "--qr", str(picture)) == 0
    pictures = sorted(tmp_path.glob("request-*.png"))
    assert [path.name for path in pictures] == ["request-1.png", "request-2.png"]
    texts = [text for path in pictures for text in _read(path.read_bytes())]
    assert join("\n".join(texts), "R") == out.read_bytes()
    shown = capsys.readouterr().out
    assert all(str(path) in shown for path in pictures) and check_code(out.read_bytes()) in shown


def test_codes_alone_are_enough_and_a_small_file_is_one_picture(
    plant: Plant, tmp_path: Path
) -> None:
    assert plant.run("request", "--qr", str(tmp_path / "a.png")) == 0
    assert plant.store.state().requests
    [path] = qr.write_pictures(b"short", tmp_path / "b.png")
    assert path.name == "b.png" and join(_read(path.read_bytes())[0], "R") == b"short"
    with pytest.raises(Refused, match="unwritable-file"):
        qr.write_pictures(b"short", tmp_path / "none" / "b.png")


def test_a_terminal_of_80_columns_shows_codes_that_can_be_read(
    plant: Plant, capsys: Capture
) -> None:
    assert plant.run("request", "--qr", "-") == 0
    shown = capsys.readouterr().out
    codes = [re.findall("\x1b\\[30;107m(.*?)\x1b", block) for block in shown.split("\n\n")]
    assert all(0 < len(line) <= 80 for lines in codes for line in lines)
    texts = [text for lines in codes for text in _read(_picture(lines))]
    assert join("\n".join(texts), "R").decode() == plant.store.state().requests[-1].file


def _picture(lines: list[str]) -> bytes:
    """What a terminal shows, with room around it: each character is two pixels high."""
    picture = Image.new("L", (len(lines[0]) + 8, 2 * len(lines) + 8), 255)
    for y, line in enumerate(lines):
        for x, char in enumerate(line):
            for lower, halves in enumerate(("▀█", "▄█")):
                if char in halves:
                    picture.putpixel((x + 4, 2 * y + lower + 4), 0)
    file = io.BytesIO()
    large = (picture.width * 4, picture.height * 4)
    picture.resize(large, Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def test_the_page_shows_the_codes_of_the_latest_request_and_keeps_its_policy(
    browser: Browser, plant: Plant
) -> None:
    assert "<svg" not in browser.get("/").text
    plant.request()
    answer = browser.get("/")
    assert answer.text.count("<svg") == 2 and "1 / 2" in answer.text
    assert "style=" not in answer.text and "QR コードを表示" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert html5lib.HTMLParser(strict=True).parse(answer.text) is not None


def test_a_handheld_scanner_fills_the_field_and_the_system_is_licensed(
    browser: Browser, plant: Plant
) -> None:
    file = plant.issuer.answer(plant.request())
    confirm = browser.follow(_type(browser, _scanned(split(file, "A", 600))))
    assert check_code(file) in confirm.text
    action = re.search(r'action="([^"]+)"', confirm.text)
    assert action
    browser.follow(browser.post(action[1]))
    assert plant.status().standing is Standing.LICENSED


def test_a_missing_part_is_named_and_what_was_scanned_stays(browser: Browser, plant: Plant) -> None:
    parts = split(plant.issuer.answer(plant.request()), "A", 600)
    before = plant.bytes_of_state()
    answer = _type(browser, "\r\n".join([parts[0], *parts[2:]]))
    assert answer.status == 422
    assert "<code>missing-parts</code>" in answer.text and 'href="#text"' in answer.text
    assert f"全 {len(parts)} 個の QR コードのうち、2 番目" in answer.text
    assert parts[0] in answer.text and parts[2] in answer.text
    assert plant.bytes_of_state() == before


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("hello", "malformed"),
        ("<script>&", "malformed"),
        ("LP1-A-AAAAAA-1-1-AA-AAAAAAA", "damaged-part"),
        ("\r\n".join(split(b"mine")), "wrong-type"),
        ("\n".join([*split(b"one", "A"), *split(b"two", "A")]), "mixed-parts"),
    ],
    ids=["text", "markup", "damaged", "request", "mixed"],
)
def test_texts_that_are_no_activation_are_refused_in_words(
    browser: Browser, text: str, outcome: str
) -> None:
    answer = _type(browser, text)
    assert answer.status == 422 and f"<code>{outcome}</code>" in answer.text
    assert "<script>" not in answer.text


def test_the_command_takes_scanned_text_from_a_file(plant: Plant, tmp_path: Path) -> None:
    file, text = plant.issuer.answer(plant.request()), tmp_path / "scanned.txt"
    text.write_text(_scanned(split(file, "A", 600)), encoding="utf-8")
    assert plant.run("activate", "--text", str(text)) == 0
    assert plant.status().standing is Standing.LICENSED
    assert plant.run("activate", "--text", str(tmp_path / "none.txt")) == 2


def test_the_command_reads_a_scanner_line_by_line_and_stops_at_the_last_part() -> None:
    data, missing = b"x" * 20_000, list[str]()
    parts = split(data, "A", 30)
    lines = iter([*_scanned(parts).splitlines(keepends=True), "the next command\n"])
    assert scanning.read_scanned(lines, lambda m: missing.append(m.facts["missing"])) == data
    assert next(lines) == "the next command\n"
    assert len(missing) == len(parts) - 1 and missing[-1] == "1"


def test_the_command_says_what_is_missing_when_the_text_ends() -> None:
    first = split(b"x" * 20_000, "A", 30)[0]
    with pytest.raises(Refused) as refused:
        scanning.read_scanned([first], lambda _: None)
    assert refused.value.outcome is Outcome.MISSING_PARTS
    with pytest.raises(Refused) as refused:
        scanning.read_scanned([], lambda _: None)
    assert refused.value.outcome is refuse(Outcome.MALFORMED).outcome


def test_standard_input_is_read_in_a_process_of_its_own(plant: Plant) -> None:
    """The bytes of a pipe, as a terminal or a script sends them; the file answers no request."""
    command = [sys.executable, "-m", "licensed_system", "--state", str(plant.folder)]
    ended = subprocess.run(
        [*command, "--language", "en", "activate", "--text", "-"],
        input=_scanned(split(b"no activation", "A")).encode(),
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"malformed: ")


def test_without_segno_codes_are_refused_in_words_and_no_request_is_made(plant: Plant) -> None:
    arguments = ["--state", str(plant.folder), "--language", "en", "request", "--qr", "a.png"]
    ended = subprocess.run(
        [sys.executable, "-c", f"{OFFLINE} raise SystemExit(main({arguments!r}))"],
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"qr-unavailable: ") and b"licensed-system[qr]" in ended.stderr
    assert not plant.store.state().requests


@pytest.mark.parametrize(
    "arguments",
    [
        ["request"],
        ["request", "--qr", "a.jpg"],
        ["activate"],
        ["activate", "a.jwt", "--text", "-"],
        ["activate", "--photo"],
        ["activate", "--photo", "a.jpg", "--text", "-"],
        ["activate", "--text", "-", "--portal", "https://portal.example.com"],
    ],
    ids=" ".join,
)
def test_options_that_do_not_fit_together_are_refused(plant: Plant, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        plant.run(*arguments)
    assert ended.value.code == 2
