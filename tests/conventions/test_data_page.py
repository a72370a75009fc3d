"""Every column says below its table who sees and changes it, and the page of data is current."""

from collections import Counter

import pytest
from piccolo.columns import Bytea

from app import domains
from app.database.data_fields import NeverShown
from app.piccolo_app import APP_CONFIG
from tests.conventions.data_page import PAGE, written

COLUMNS = {
    f"{table._meta.tablename}.{column._meta.db_column_name}": column
    for table in APP_CONFIG.table_classes
    for column in table._meta.columns
}
MODULES = {table._meta.tablename: table.__module__ for table in APP_CONFIG.table_classes}
DECLARED = Counter(
    f"{each.table}.{name}" for each in domains.data_fields() for name in each.columns.split()
)
# What is kept as bytes and may be seen: parts that are public or that the browser is given, links
# of the audit log, and a file that the person uploaded.
OPEN = {
    *("passkey.credential_id", "passkey.public_key", "passkey_challenge.challenge"),
    *("signing_key.public_key", "audit_link.digest", "confirmation.upload", "brand.logo"),
    "resource_sbom.content",
}


def test_every_column_says_who_sees_and_changes_it() -> None:
    missing = {name for name, column in COLUMNS.items() if not column._meta.primary_key}
    for name in sorted(missing - DECLARED.keys()):
        table, _, column = name.partition(".")
        pytest.fail(
            f"Nobody knows who sees {name}. Add {column} to one of the lines of {table} in DATA of"
            f" {MODULES[table]}, or add a line of its own; then run"
            " python -m tests.conventions.data_page"
        )


def test_a_declared_column_is_there_and_declared_once() -> None:
    assert not DECLARED.keys() - COLUMNS.keys(), "DATA declares columns that no table has"
    assert [name for name, times in DECLARED.items() if times > 1] == []


def test_every_hash_and_every_encrypted_column_is_never_shown() -> None:
    never = {
        f"{each.table}.{name}"
        for each in domains.data_fields()
        if isinstance(each, NeverShown)
        for name in each.columns.split()
    }
    secret = {name for name, column in COLUMNS.items() if isinstance(column, Bytea)}
    secret |= {name for name in COLUMNS if name.endswith("_hash")}
    assert never == secret - OPEN


def test_the_page_of_data_is_current() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page), "docs/data.md is old: python -m tests.conventions.data_page"
