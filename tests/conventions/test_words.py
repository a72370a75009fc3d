"""The words of all pages: usual ones, and one for one thing in each language."""

import ast
import re

import pytest

from tests.conventions.sources import modules
from tests.conventions.test_catalogue import sayings, translations

# What people see in the portal and its console, beside mails.
ROOMS = (
    *("accounts", "activation", "audit", "confirmations", "contracts", "demo", "environments"),
    *("history", "home", "imports", "notices", "people", "products", "quotes", "reminders"),
    *("reports", "resources", "staff", "withdrawal"),
)
FOLDERS = tuple(f"{top}/{room}/" for top in ("app", "templates") for room in ROOMS)
PLACES = (
    *FOLDERS,
    "app/web/",
    "templates/layouts/",
    "templates/error.html",
    "templates/forms.html",
)
# Old or unusual words, which say what another word says everywhere else.
UNUSUAL = {
    "en": re.compile(
        r"\b(log(ged)?[ -](in|out)|e-mail|mails?(?! (server|program))|(some|no|every)body|whoever"
        r"|any more|meanwhile|anew|please)\b",
        re.IGNORECASE,
    ),
    "ja": re.compile(
        r"あなた|既に|ベンダーの担当者|抜け(る|ます|た)|外(す|し)(?!て保存)|フォルダ(?!ー)|別の機械"
        r"|（Asia/Tokyo）|オーナ(?!ー)|\d–\d|[)s] (文字|個|件|日|人|名)"
    ),
}


def shown(language: str) -> set[str]:
    """Return what pages say in a language."""
    ja = translations("ja")
    said: set[str] = set()
    for key in {key for file, key in sayings() if file.startswith(PLACES)}:
        texts = ja[key].string if language == "ja" else key[1]
        said.update([texts] if isinstance(texts, str) else texts)
    return said


@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_say_one_thing_with_one_usual_word(language: str) -> None:
    texts = shown(language)
    assert len(texts) > 500
    assert not {text for text in texts if UNUSUAL[language].search(text)}


def test_confirm_headings_ask_in_one_form() -> None:
    calls = (
        node.value.args
        for room in ROOMS
        for module in modules(f"app/{room}")
        for node in ast.walk(module.tree())
        if isinstance(node, ast.keyword) and node.arg == "heading"
        if isinstance(node.value, ast.Call)
    )
    headings = {each[0].value for each in calls if isinstance(each[0], ast.Constant)}
    questions = {
        str(message.string)
        for (_, id), message in translations("ja").items()
        if id in headings and str(id).endswith("?")
    }
    assert len(questions) > 15
    assert not {text for text in questions if not text.endswith("。よろしいですか？")}
