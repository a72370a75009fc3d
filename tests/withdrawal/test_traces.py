"""No trace: every table, every stored file and the log, searched for who somebody was."""

import hashlib
import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from app.database import fetch, fetch_value
from app.mail.messages import parse, part, readable
from app.piccolo_app import APP_CONFIG
from app.web.logs import configure_logs
from tests.conftest import Portal
from tests.mail.post import deliver
from tests.people.post import NEW_PASSWORD
from tests.withdrawal.leaving import leave
from tests.withdrawal.life import CHANGED, CODE, WORDS, Life

# What the contract's history is made of, and what a restored backup is brought up to date with.
MAY_NAME_THE_ID = {"audit_event", "withdrawal"}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that is logged, debug messages and traces of defects included."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    before = structlog.get_config()
    configure_logs(logging.DEBUG)
    structlog.configure(cache_logger_on_first_use=False)
    yield written
    structlog.configure(**before)


@pytest.fixture
async def life(
    portal: Portal, owner: httpx.AsyncClient, outsider: httpx.AsyncClient, log: io.StringIO
) -> Life:
    """Somebody whose data is everywhere."""
    life = Life(portal, owner, outsider)
    await life.live()
    return life


async def tables() -> dict[str, str]:
    """Every table's rows as text; bytes are in hexadecimal digits there."""
    names = await fetch("select tablename from pg_tables where schemaname = 'public'")
    return {
        row["tablename"]: str(
            await fetch_value(
                f"select coalesce(string_agg(t::text, e'\\n'), '') from \"{row['tablename']}\" t"
            )
        )
        for row in names
    }


def spellings(word: str) -> set[str]:
    """How a word can stand in a table: as it is, as bytes, and as what is kept of a guess."""
    return {word, word.encode().hex(), hashlib.sha256(word.encode()).hexdigest()}


async def found_in_tables(words: tuple[str, ...]) -> set[tuple[str, str]]:
    """Table and word, wherever one stands."""
    return {
        (name, word)
        for name, text in (await tables()).items()
        for word in words
        if any(spelling in text for spelling in spellings(word))
    }


def files_beside_the_database(data_dir: Path) -> Iterator[Path]:
    """All files but those of PostgreSQL: the databases of all tests have a million of them."""
    for name, folders, files in os.walk(data_dir):
        folder = Path(name)
        folders[:] = [each for each in folders if not (folder / each / "PG_VERSION").exists()]
        yield from (folder / each for each in files)


def found_in_files(data_dir: Path) -> set[tuple[str, str]]:
    """File and word, wherever one stands: all that the portal stores beside its database."""
    found = set()
    for file in files_beside_the_database(data_dir):
        text = file.read_bytes().decode("utf-8", "replace")
        if file.suffix == ".eml":
            message = parse(file.read_bytes())
            shown = [readable(message, name) for name in ("to", "from", "subject")]
            text += "\n".join([*shown, part(message, "plain"), part(message, "html")])
        found |= {(file.name, word) for word in WORDS if word in text}
    return found


async def test_before_the_withdrawal_the_data_is_everywhere(life: Life) -> None:
    """Otherwise the search below would prove nothing."""
    named = {table for table, _ in await found_in_tables(WORDS)}
    assert named >= {
        *("portal_user", "invitation", "email_change", "confirmation", "passkey", "throttle"),
    }
    by_id = {table for table, _ in await found_in_tables((str(life.id),))}
    assert by_id >= {
        *(
            "session",
            "device",
            "membership",
            "terms_of_use_acceptance",
            "password_reset",
            "parked_form",
        ),
        *("authenticator_app", "recovery_code", "pending_sign_in", "mail", "activation"),
        *("quote_request",),
    }
    assert found_in_files(life.portal.settings.data_dir)


async def test_after_it_no_table_no_file_and_no_log_line_says_who_it_was(
    life: Life, log: io.StringIO
) -> None:
    settings = life.portal.settings
    note = f"{WORDS[0]}（{CODE}、{CHANGED}）です。ありがとうございました。"
    done = await leave(life.client, note=note, password=NEW_PASSWORD)
    assert done.headers["location"] == "/farewell"
    mails = await deliver(settings)
    assert await found_in_tables(WORDS) == set()
    by_id = {table for table, _ in await found_in_tables((str(life.id),))}
    assert by_id == MAY_NAME_THE_ID
    [farewell] = [id for id, mail in mails.items() if CHANGED in str(mail["to"])]
    assert {file.partition("-")[2] for file, _ in found_in_files(settings.data_dir)} == {
        f"{farewell}.eml"
    }
    assert "/farewell" not in log.getvalue() and log.getvalue().count("\n") > 50
    assert [word for word in WORDS if word in log.getvalue()] == []
    assert (await fetch_value("select note from withdrawal")).endswith("ありがとうございました。")


async def test_what_others_go_on_with_stays(life: Life) -> None:
    before = await tables()
    await leave(life.client, password=NEW_PASSWORD)
    after = await tables()
    for name in ("environment", "allocation", "entitlement", "activation_product", "quote_line"):
        assert after[name] == before[name]
    assert await fetch_value("select count(*) from activation where issued_by is null") == 1
    assert await fetch_value("select count(*) from quote_request where requested_by is null") == 1
    open_ones = await fetch("select email from invitation where ended_at is null")
    assert [row["email"] for row in open_ones] == ["friend@example.com"], "the mail has left"
    assert len(before["audit_event"]) < len(after["audit_event"])


async def test_every_row_of_a_person_goes_with_the_account() -> None:
    """A new table that names people has to say what becomes of it."""
    kept = {
        f"{table._meta.tablename}.{column._meta.name}"
        for table in APP_CONFIG.table_classes
        for column in table._meta.foreign_key_columns
        if column._foreign_key_meta.resolved_references._meta.tablename == "portal_user"
        and column._foreign_key_meta.on_delete.value not in {"CASCADE", "SET NULL"}
    }
    assert kept == {"membership.user"}, "its trigger keeps an owner; erasure_services deletes it"
