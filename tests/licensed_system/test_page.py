"""The page ライセンス管理 over real HTTP."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import html5lib
import pytest

from licensed_system.jws import check_code
from licensed_system.page_choice import LARGEST_FORM
from licensed_system.page_server import PageServer
from licensed_system.status import Standing
from tests.licensed_system.browser import Browser
from tests.licensed_system.issuer import product
from tests.licensed_system.plant import Plant


def _request(browser: Browser) -> bytes:
    """Step 1: press ダウンロード and follow the download."""
    page = browser.follow(browser.post("/requests"))
    started = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert started
    file = browser.get(started[1])
    assert file.headers["content-type"] == "application/jwt"
    assert 'filename="activation-request.jwt"' in file.headers["content-disposition"]
    assert check_code(file.body) in page.text
    return file.body


def test_the_three_steps_lead_to_a_licensed_system(browser: Browser, plant: Plant) -> None:
    home = browser.get("/").text
    for words in ("<h1>ライセンス管理</h1>", "Step 1", "Step 2", "Step 3", "■", "ライセンスなし"):
        assert words in home
    assert "サイトマップ → ライセンスポータル → ご契約一覧" in home
    answer = plant.issuer.answer(_request(browser))
    confirm = browser.follow(browser.choose(answer))
    for words in ("D-1001 基幹システム契約", "本番環境", "4 サーバ", "2026/04/01 – 2027/03/31"):
        assert words in confirm.text
    assert check_code(answer) in confirm.text
    assert plant.status().standing is Standing.NOT_LICENSED, "nothing happens before 決定"
    action = re.search(r'action="([^"]+)"', confirm.text)
    assert action
    done = browser.follow(browser.post(action[1])).text
    assert 'role="status"' in done and "アクティベーションを適用しました" in done
    assert "● ライセンス有効" in done.replace("</span>", "") and check_code(answer) in done
    assert plant.status().standing is Standing.LICENSED


def test_confirming_many_times_at_once_has_one_effect(browser: Browser, plant: Plant) -> None:
    place = browser.choose(plant.issuer.answer(plant.request())).headers["location"]
    with ThreadPoolExecutor(10) as pool:
        posts = [pool.submit(browser.post, f"{place}/confirmation") for _ in range(10)]
    answers = [post.result() for post in posts]
    assert {answer.status for answer in answers} == {303}
    assert "適用しました" in browser.follow(answers[0]).text
    assert "適用しました" in browser.follow(browser.get(place)).text, "back and reload are safe"
    assert plant.store.state().seq == 1


def test_a_refused_file_says_why_and_changes_nothing(browser: Browser, plant: Plant) -> None:
    file = plant.issuer.answer(plant.request(), seq=0)
    before = plant.bytes_of_state()
    answer = browser.choose(file)
    page = answer.text
    assert answer.status == 422
    assert "<title>エラー: ライセンス管理</title>" in page
    assert 'role="alert" tabindex="-1" autofocus' in page and 'href="#file"' in page
    assert "<code>older-file</code>" in page and 'id="file"' in page
    assert plant.bytes_of_state() == before


def test_no_file_is_an_error_that_says_what_to_do(browser: Browser) -> None:
    for answer in (browser.choose(None), browser.choose(b""), browser.post("/activations", b"x")):
        assert answer.status == 422
        assert "アクティベーションファイルを選ぶか" in answer.text


@pytest.mark.parametrize("kind", ["", "multipart/form-data", "multipart/form-data; boundary=é"])
def test_odd_forms_are_a_missing_file(browser: Browser, kind: str) -> None:
    assert browser.post("/activations", b"--\r\n\r\n\xff\0", kind).status == 422


def test_a_file_too_large_is_refused_and_the_answer_arrives(browser: Browser) -> None:
    for size in (64 * 1024 + 1, LARGEST_FORM + 1, 5_000_000):
        answer = browser.choose(b"a" * size)
        assert (answer.status, "<code>too-large</code>" in answer.text) == (422, True)


def test_a_file_applied_by_the_command_meanwhile_is_said_so(browser: Browser, plant: Plant) -> None:
    data = plant.issuer.answer(plant.request())
    place = browser.choose(data).headers["location"]
    plant.apply(data)
    for answer in (browser.get(place), browser.post(f"{place}/confirmation")):
        assert (answer.status, "older-file" in answer.text) == (422, True)


def test_a_confirmation_that_is_not_held_says_choose_again(browser: Browser) -> None:
    for answer in (browser.get("/activations/x"), browser.post("/activations/x/confirmation")):
        assert "もう一度ファイルを選んでください" in browser.follow(answer).text


def test_the_language_can_be_chosen_and_is_kept(browser: Browser) -> None:
    assert '<html lang="ja">' in browser.get("/").text
    english = browser.follow(browser.get("/?language=en")).text
    for words in ('<html lang="en">', "License management", "Step 1", "Download", "Activate"):
        assert words in english
    assert "Contracts → the contract" in english
    assert "ライセンス管理" in browser.follow(browser.get("/?language=ja")).text


def test_every_page_forbids_scripts_frames_and_caching(browser: Browser, plant: Plant) -> None:
    place = browser.choose(plant.issuer.answer(plant.request())).headers["location"]
    for path in ("/", place, "/nowhere"):
        answer = browser.get(path)
        assert "<script" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        html5lib.HTMLParser(strict=True).parse(answer.text)
    assert browser.get("/nowhere").status == 404
    assert browser.get("/requests/nothing").status == 404


def test_every_page_has_one_primary_button_the_next_step(browser: Browser, plant: Plant) -> None:
    assert re.findall(r'class="primary">([^<]+)', browser.get("/").text) == ["ダウンロード"]
    answer = plant.issuer.answer(_request(browser))
    assert re.findall(r'class="primary">([^<]+)', browser.get("/").text) == ["アクティベート"]
    confirm = browser.follow(browser.choose(answer)).text
    assert re.findall(r'class="primary">([^<]+)', confirm) == ["決定"]


def test_names_in_a_file_are_shown_as_text(browser: Browser, plant: Plant) -> None:
    evil = "<script>alert(1)</script>"
    names = product(name={"ja": evil, "en": evil})
    data = plant.issuer.answer(plant.request(), products=[names], environment={"name": evil})
    page = browser.follow(browser.choose(data)).text
    assert evil not in page and "&lt;script&gt;" in page


def test_warnings_and_grace_are_shown_in_words(browser: Browser, plant: Plant) -> None:
    plant.activate()
    plant.later(days=367)
    assert "▲ 猶予期間中" in browser.get("/").text.replace("</span>", "")
    plant.later(days=-300)
    assert "時計が 2027/04/03" in browser.get("/").text


def test_a_busy_folder_is_said_so(browser: Browser, plant: Plant) -> None:
    with plant.store.locked():
        answer = browser.get("/")
    assert answer.status == 409
    assert "busy: " in answer.text


def test_the_command_prints_the_address_and_ends_on_sigterm(plant: Plant) -> None:
    command = [sys.executable, "-m", "licensed_system", "--state", str(plant.folder), "serve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        address = process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=\S+", address)
        assert found
        browser = Browser(int(found[1]))
        assert browser.follow(browser.get(address)).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_port_in_use_is_said_so(
    server: PageServer, plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plant.run("serve", "--port", str(server.server_port)) == 2
    told = capsys.readouterr().err
    assert told.startswith("port-in-use: ")
    assert "--port" in told


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_port_that_another_program_has_on_every_address_is_in_use(
    host: str, plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as other:
        other.bind((host, 0))
        other.listen()
        assert plant.run("serve", "--port", str(other.getsockname()[1])) == 2
    assert capsys.readouterr().err.startswith("port-in-use: ")


def test_the_page_shares_its_port_with_nobody() -> None:
    assert PageServer.allow_reuse_address == (os.name != "nt")
    assert not PageServer.allow_reuse_port


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, ""])
def test_an_odd_content_length_is_a_missing_file(browser: Browser, length: str) -> None:
    kind = "multipart/form-data; boundary=x"
    assert browser.post("/activations", b"", kind, Content_Length=length).status == 422
