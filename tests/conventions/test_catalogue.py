"""Every message is in the Japanese catalogue, translated, and nothing else is."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.web.i18n import LANGUAGES, LOCALES
from tests.conventions.sources import PROJECT, Module, modules

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
MARKERS = {"_", "gettext", "ngettext", "pgettext", "N_"}
Key = tuple[str | None, str | tuple[str, ...]]


def extracted() -> dict[Key, str]:
    """Messages of the code and the templates by context and id, each with a file that says it."""
    return {key: file for file, key in sayings()}


def sayings() -> Iterator[tuple[str, Key]]:
    """Every place that says a message, as Babel finds them: its file, and context and id."""
    with (PROJECT / "babel.cfg").open(encoding="utf-8") as file:
        # Babel has no type for this one.
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = {
        "_": None,
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "N_": None,
    }
    found = extract_from_dir(str(PROJECT), methods, options, keywords, directory_filter=_is_ours)
    for name, _, id, _, context in found:
        yield name, (context, id if isinstance(id, str) else tuple(id))


def _is_ours(folder: str) -> bool:
    top = PROJECT / folder
    ours = (PROJECT, PROJECT / "app", PROJECT / "templates")
    return top in ours or any(parent in ours[1:] for parent in top.parents)


def catalogue(language: str) -> Catalog:
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def translations(language: str) -> dict[Key, Any]:
    return {
        (m.context, m.id if isinstance(m.id, str) else tuple(m.id)): m
        for m in catalogue(language)
        if m.id
    }


def test_the_japanese_catalogue_holds_what_the_code_says_and_nothing_else() -> None:
    code, ja = extracted(), translations("ja")
    missing = {key: code[key] for key in code.keys() - ja.keys()}
    assert not missing, f"not translated: {missing}"
    assert not ja.keys() - code.keys(), "no code says this any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_a_catalogue_is_fuzzy_obsolete_or_empty(language: str) -> None:
    assert not catalogue(language).obsolete
    for message in translations(language).values():
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        assert not message.fuzzy, f"fuzzy: {message.id}"
        assert texts and all(text.strip() for text in texts), f"empty: {message.id}"


def test_english_is_the_source_and_changes_only_what_the_code_says() -> None:
    assert not translations("en").keys() - extracted().keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    for (_, id), message in translations(language).items():
        sources = [id] if isinstance(id, str) else list(id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        for text in [*texts, *sources[1:]]:
            assert set(PLACEHOLDER.findall(text)) == wanted, f"other values: {text}"
            # A stray percent sign would break the filling in.
            assert not wanted or "%" not in PLACEHOLDER.sub("", text).replace("%%", ""), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_as_many_forms_as_the_language(language: str) -> None:
    forms = catalogue(language).num_plurals
    for (_, id), message in translations(language).items():
        if not isinstance(id, str):
            assert len(message.string) == forms, f"{len(message.string)} forms: {id}"


@pytest.mark.parametrize("module", list(modules("app")), ids=lambda m: m.name)
def test_messages_are_constants_that_extraction_can_find(module: Module) -> None:
    if module.name == "app.web.i18n":
        return
    for node in ast.walk(module.tree()):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in MARKERS:
            continue
        for argument in node.args[:1]:
            # A name or an item of a table: the text itself is marked with N_ where it is written.
            assert not isinstance(argument, ast.JoinedStr | ast.BinOp), (
                f"{module.name}:{node.lineno} passes a put-together text to {node.func.id}()"
            )


def test_japanese_texts_are_japanese() -> None:
    """A copied English text would pass the tests above."""
    same = [
        message.id
        for message in translations("ja").values()
        if message.string == message.id and re.search(r"[a-z]{4}", message.id)
    ]
    assert not same, f"left in English: {same}"


# English words that stand for several things, which Japanese tells apart: each use says which.
AMBIGUOUS = {"Not yet"}


def test_ambiguous_words_are_never_translated_without_a_context() -> None:
    assert not {id for context, id in extracted() if context is None} & AMBIGUOUS
    contexts = {context for context, id in extracted() if id == "Not yet"}
    ja = translations("ja")
    assert len({ja[context, "Not yet"].string for context in contexts}) == len(contexts)
