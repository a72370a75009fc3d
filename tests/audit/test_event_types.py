"""Every event type that is recorded anywhere has a sentence in both languages."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from app.audit.event_types import EVENT_TYPES
from app.history.rules import event_type_name, sentence
from app.web import i18n

APP = Path(__file__).resolve().parents[2] / "app"
PLACE = re.compile(r"%\((\w+)\)s")


def recorded() -> dict[str, set[str]]:
    """Event type → names of the details that all its events have, from every call of `record`."""
    found: dict[str, set[str]] = {}
    texts = {path: path.read_text("utf-8") for path in sorted(APP.rglob("*.py"))}
    # Every process that collects tests reads all modules; it parses those that record.
    for path, text in texts.items():
        if "record(" not in text:
            continue
        tree = ast.parse(text)
        for function in ast.walk(tree):
            if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
                for call in _calls(function, "record"):
                    names = {word.arg or "" for word in call.keywords}
                    names |= _spread(path, function, call)
                    codes = _codes(call.args[0]) or _passed(tree, function.name)
                    assert codes, f"{path}:{call.lineno}: the event type is not written out"
                    for code in codes:
                        found[code] = found.get(code, names) & names
    return found


def _spread(
    path: Path, function: ast.AsyncFunctionDef | ast.FunctionDef, call: ast.Call
) -> set[str]:
    """Return the fields of the values that a call spreads: `**recorded(values)`."""
    names = set[str]()
    for word in call.keywords:
        match word:
            case ast.keyword(arg=None, value=ast.Call(args=[ast.Name(id=name)])):
                given = [*function.args.args, *function.args.kwonlyargs]
                kinds = [each.annotation for each in given if each.arg == name]
                for made in _calls(function, "from_attributes"):
                    kinds.append(made.args[0])
                module = ".".join(path.relative_to(APP.parent).with_suffix("").parts)
                for kind in (kind for kind in kinds if isinstance(kind, ast.Name)):
                    names |= set(vars(importlib.import_module(module))[kind.id].__struct_fields__)
    return names


def _calls(node: ast.AST, name: str) -> list[ast.Call]:
    return [
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and getattr(each.func, "id", "") == name
    ]


def _codes(expression: ast.expr) -> set[str]:
    """The code, or those that a condition chooses from."""
    if isinstance(expression, ast.IfExp):
        return _codes(expression.body) | _codes(expression.orelse)
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return {expression.value}
    return set()


def _passed(tree: ast.Module, function: str) -> set[str]:
    """The codes that a helper which records for others is called with, in its module."""
    return {
        code for call in _calls(tree, function) for value in call.args for code in _codes(value)
    }


RECORDED = recorded()


@pytest.mark.parametrize("event_type", sorted(RECORDED))
def test_every_recorded_event_type_has_a_sentence_that_its_details_fill(event_type: str) -> None:
    assert event_type in EVENT_TYPES
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", event_type)
    assert set(PLACE.findall(EVENT_TYPES[event_type])) <= RECORDED[event_type]


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_every_sentence_is_translated_with_the_same_places(event_type: str) -> None:
    japanese = i18n.translations["ja"].gettext(EVENT_TYPES[event_type])
    assert japanese != EVENT_TYPES[event_type]
    assert sorted(PLACE.findall(japanese)) == sorted(PLACE.findall(EVENT_TYPES[event_type]))


def test_a_sentence_names_its_subject_and_what_is_gone_is_told() -> None:
    i18n.language.set("ja")
    assert sentence("environment-creation", "本番環境", {}) == "環境「本番環境」を作成しました"
    assert sentence("environment-creation", "", {}) == "環境「（削除済み）」を作成しました"
    assert event_type_name("environment-creation") == "環境「…」を作成しました"
    told = sentence("membership-creation", "鈴木", {"role": "owner"})
    assert told == "「鈴木」を関係者（オーナー）に追加しました"


def test_an_unknown_event_type_is_shown_as_its_code() -> None:
    assert sentence("100%-new", "", {}) == "100%-new"
