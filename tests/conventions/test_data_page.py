"""The page of data names every table once, and every column that holds a secret."""

import re
from collections import Counter

from piccolo.columns import Bytea

from app.piccolo_app import APP_CONFIG
from tests.conventions.sources import PROJECT

PAGE = (PROJECT / "docs" / "data.md").read_text("utf-8")
TABLES = {table._meta.tablename: table for table in APP_CONFIG.table_classes}
# What is kept as bytes and may be seen: parts that are public or that the browser is given, links
# of the audit log, and a file that the person uploaded.
OPEN = {
    *("passkey.credential_id", "passkey.public_key", "passkey_challenge.challenge"),
    *("signing_key.public_key", "audit_seal.link", "confirmation.upload"),
}


def test_every_table_has_one_line() -> None:
    lines = [line.split("|")[2] for line in PAGE.splitlines() if line.count("|") == 7]
    named = Counter(name for cell in lines for name in re.findall(r"`(\w+)`", cell))
    assert named == Counter(TABLES.keys())


def test_every_secret_column_is_listed_and_is_there() -> None:
    columns = {
        f"{name}.{column._meta.db_column_name}": column
        for name, table in TABLES.items()
        for column in table._meta.columns
    }
    listed = set(re.findall(r"`(\w+\.\w+)`", PAGE)) & set(columns)
    secret = {name for name, column in columns.items() if isinstance(column, Bytea)}
    secret |= {name for name in columns if name.endswith("_hash")}
    assert listed == secret - OPEN
    words = PAGE.partition("## Never in a page")[2].partition("## ")[0]
    assert set(re.findall(r"`(\w+\.\w+)`", words)) == listed
