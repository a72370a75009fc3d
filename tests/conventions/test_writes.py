"""A write of one table goes through Piccolo, unless it is listed here with its reason."""

import re

from tests.conventions.statements import find_statements
from tests.conventions.test_table_names import named_tables

WRITE = re.compile(r"\s*(insert\s+into|update|delete\s+from)\s", re.IGNORECASE)
# What Piccolo cannot say, or says worse. Of two requests at the same moment, the database decides.
COMPUTED = "a new value is computed from the row's own by an SQL function or case"
UPSERT = "on conflict with a condition, a computed value, or the answer whether a row was added"
MANY = "rows come as an array, which may be empty and has no most"
HOT = "runs with most requests, or for each of many rows"
TABLES = "the table is a value: one rule for many tables"
TIMED = "has a time limit of its own"
# They only shrink: a new write of one table goes through Piccolo.
IN_SQL = {
    "app.accounts.ending_services.end_sessions": COMPUTED,
    "app.accounts.ending_services.end_provider_session": COMPUTED,
    "app.accounts.ending_services.end_sessions_of": MANY,
    "app.accounts.factors.passkey_services._note_use": COMPUTED,
    "app.accounts.factors.services.begin_app": UPSERT,
    "app.accounts.services.record_acceptance": UPSERT,
    "app.accounts.session_services.renew_token": COMPUTED,
    "app.accounts.throttling._count": HOT,
    "app.accounts.throttling.count_one": UPSERT,
    "app.accounts.throttling.forget_attempts": MANY,
    "app.activation.signing_keys.services._activate": UPSERT,
    "app.activation.signing_keys.rotation_services._keep_document": UPSERT,
    "app.activation.succession_services.succeed_entitlement": COMPUTED,
    "app.api.services._claim": UPSERT,
    "app.audit.linking._add_head": HOT,
    "app.audit.linking._add_links": MANY,
    "app.background.services.note_done": UPSERT,
    "app.background.services.note_failure": UPSERT,
    "app.reminders.calendar_services.make_feed": UPSERT,
    "app.reminders.reminder_services._remind": UPSERT,
    "app.environments.services.set_all_allocations": MANY,
    "app.housekeeping.tasks.sweep": TABLES,
    "app.imports.progress_services._begin": UPSERT,
    "app.imports.services._finish": TIMED,
    "app.resources.manifest_services.keep_manifest": UPSERT,
    "app.resources.sbom_services._add_components": MANY,
    "app.mail.services._settle": COMPUTED,
    "app.mail.services.claim": HOT,
    "app.mail.services.discard": COMPUTED,
    "app.mail.services.retry": COMPUTED,
    "app.mail.services.withdraw": MANY,
    "app.notices.mailing_services.stop_notices": MANY,
    "app.notices.services.mark_all_read": MANY,
    "app.notices.services.mark_read": HOT,
    "app.single_sign_on.asking_services._note": COMPUTED,
    "app.single_sign_on.asking_services._take": HOT,
    "app.single_sign_on.log_out_services._use": UPSERT,
    "app.single_sign_on.services.link": UPSERT,
    "app.single_sign_on.trial_services.pass_test": COMPUTED,
    "app.webhooks.pending_services._emit_or_postpone": HOT,
    "app.webhooks.pending_services._wait": UPSERT,
    "app.withdrawal.erasure_services._forget_invitations_and_mails": MANY,
    "app.withdrawal.erasure_services._note": UPSERT,
    "app.withdrawal.erasure_services.erase": MANY,
}


def test_writes_of_one_table_go_through_piccolo_except_for_a_reason() -> None:
    writes = {
        statement.place.function: str(statement.place)
        for statement in find_statements().statements
        if WRITE.match(statement.sql) and len(named_tables(statement.sql)) == 1
    }
    new = {place for function, place in writes.items() if function not in IN_SQL}
    assert not new, "write it with Piccolo"
    assert not IN_SQL.keys() - writes.keys(), "strike off what is no write in SQL any more"
