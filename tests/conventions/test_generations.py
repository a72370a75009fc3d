"""Every token of a person carries the generation of the credentials that it was made in."""

import ast
import re

from piccolo.columns import Bytea, ForeignKey, Integer

from app.accounts.tables import User
from app.piccolo_app import APP_CONFIG
from tests.conventions.sources import modules

# The link that stops the mails of notices does nothing else, and works as long as there are mails.
OTHERWISE = {"notice_mail"}
# What waits to become a credential, without a token of its own.
PENDING = {"passkey_challenge", "authenticator_app"}
TABLES = {table._meta.tablename: table for table in APP_CONFIG.table_classes}


def _of_a_person(name: str) -> bool:
    columns = TABLES[name]._meta.columns
    return any(
        isinstance(column, ForeignKey)
        and column._meta.name == "user"
        and column._foreign_key_meta.resolved_references is User
        for column in columns
    )


def _has_token(name: str) -> bool:
    return any(
        isinstance(column, Bytea) and column._meta.name == "token_hash"
        for column in TABLES[name]._meta.columns
    )


TOKENS = {name for name in TABLES if _of_a_person(name) and _has_token(name)} - OTHERWISE | PENDING


def test_every_table_with_a_token_of_a_person_has_a_generation() -> None:
    assert len(TOKENS) > 6
    for name in TOKENS:
        columns = {column._meta.name: column for column in TABLES[name]._meta.columns}
        assert isinstance(columns.get("generation"), Integer), name
        assert not columns["generation"]._meta.null, name
        # 0 is never a generation: a row that was written without one is void.
        assert columns["generation"].get_default_value() == 0, name


def _texts(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Every text of the code that matches, with what is filled into it, as it stands there."""
    found = []
    for module in modules("app"):
        source = module.path.read_text("utf-8")
        # Cutting texts out of a module takes long, and few modules have one of these.
        if not pattern.search(source):
            continue
        for node in ast.walk(module.tree()):
            if isinstance(node, ast.JoinedStr) or (
                isinstance(node, ast.Constant) and isinstance(node.value, str)
            ):
                text = ast.get_source_segment(source, node) or ""
                if pattern.search(text):
                    found.append((module.name, text))
    return found


LOOK_UP = re.compile(r"\b(?:token_hash|challenge) = \$\d")
READS = re.compile(rf"\b(?:from|join|using)\s+(?:{'|'.join(sorted(TOKENS))})\b")


def test_a_token_is_looked_up_together_with_its_generation() -> None:
    reads = [(name, text) for name, text in _texts(LOOK_UP) if READS.search(text)]
    assert len(reads) >= len(TOKENS) - 1, "all kinds but the app, which has no token"
    assert not [name for name, text in reads if "counts(" not in text]
