"""Rows for every quota: one person, contract or link writes as fast as it can."""

from app.database import fetch
from app.database.quotas import Quota

# The statement has the numbers `n`, a time `p.at` and bytes `p.bytes`, and somebody of D-1001: `w`.
_WHO = """
    with p as (select $1::int as first, $2::int as last, $3::timestamptz as at, $4::bytea as bytes),
    w as (select u.id as person, c.id as contract, e.id as environment, i.id as invitation
          from portal_user u join contract c on c.number = 'D-1001'
          join environment e on e.contract = c.id and e.name = '検証環境'
          left join invitation i on i.contract = c.id
          where u.code = 'owner' limit 1)
    insert into {table} ({columns}) select {values}
    from p, w, generate_series(p.first, p.last) n
"""
_ID, _TOKEN = "gen_random_uuid()", "sha256((p.at::text || random() || n)::bytea)"
_LATER = "p.at + interval '1 hour'"
_PERSON = {"id": _ID, '"user"': "w.person"}
_INVITATION = {
    **{"id": _ID, "contract": "w.contract", "email": "n || '@example.org'", "language": "'ja'"},
    **{"token_hash": _TOKEN, "invited_by": "w.person", "invited_at": "p.at"},
    **{"expires_at": _LATER, "ended_at": "p.at", "end_reason": "'cancelled'"},
}
_ACTIVATION = {
    **{"id": _ID, "environment": "w.environment", "seq": "1000000 + n", "jti": _ID, "kid": "'k'"},
    **{"file": "encode(p.bytes, 'base64')", "request_jti": _ID, "request_file": "''"},
    **{"jkt": "''", "issued_by": "w.person", "issued_at": "p.at", "expires_at": _LATER},
    **{"moved": "false", "ended_at": "p.at", "end_reason": "'superseded'"},
}
# 40 a day for each environment, so that only the person's own quota is used up.
_SPREAD = {
    **_ACTIVATION,
    "environment": "(select id from environment where name = 'Q' || n / 40)",
}
_QUOTE = {
    **{"id": _ID, "reference": "'T-' || p.at || n", "contract": "w.contract"},
    **{"state": "'received'", "requested_by": "w.person", "requested_at": "p.at", "note": "''"},
}
_ACCOUNT = {
    **{"id": _ID, "contract": "w.contract", "name": "'S' || p.at || n", "role": "'read'"},
    **{"token_hash": _TOKEN, "made_at": "p.at", "created_at": "p.at", "expires_at": _LATER},
}
_WEBHOOK = {
    **{"id": _ID, "contract": "w.contract", "name": "'W' || p.at || n", "host": "'h'"},
    **{"encrypted_url": "''", "preset": "'slack'", "event_types": "'{}'", "language": "'ja'"},
    **{"secret_unshown": "false", "secret_at": "p.at", "created_at": "p.at", "rests_until": "p.at"},
}
_BY_ACCOUNT = {
    **{name: value for name, value in _SPREAD.items() if name != "issued_by"},
    "issued_by_account": "(select id from service_account where name = 'writer')",
}
_OF_CONNECTION = {"id": _ID, "connection": "(select id from single_sign_on_connection)"}
ROWS: dict[str, dict[str, str]] = {
    "session_of_a_person": {
        **_PERSON,
        **{"token_hash": _TOKEN, "user_agent": "''", "created_at": "p.at"},
        **{"last_seen_at": "p.at", "expires_at": _LATER, "proved_at": "p.at"},
    },
    "device_of_a_person": {**_PERSON, "token_hash": _TOKEN, "last_used_at": "p.at"},
    "parked_form_of_a_person": {
        **_PERSON,
        **{"path": "'/'", "content_type": "''", "form": "p.bytes"},
        **{"created_at": "p.at", "expires_at": _LATER},
    },
    "password_reset_of_a_person": {
        **_PERSON,
        **{"token_hash": _TOKEN, "created_at": "p.at", "expires_at": _LATER},
    },
    "pending_sign_in_of_a_person": {
        **_PERSON,
        **{"token_hash": _TOKEN, "user_agent": "''", "created_at": "p.at", "expires_at": _LATER},
    },
    "passkey_challenge_of_a_person": {
        **_PERSON,
        **{"purpose": "'proof'", "challenge": _TOKEN, "expires_at": _LATER},
    },
    "passkey_of_a_person": {
        **_PERSON,
        **{"credential_id": _TOKEN, "public_key": "p.bytes", "sign_count": "0", "name": "'k'"},
        "created_at": "p.at",
    },
    "confirmation_of_a_person": {
        **_PERSON,
        **{"act": "'environment'", "payload": "'{}'", "upload": "p.bytes"},
        **{"created_at": "p.at", "expires_at": _LATER},
    },
    "registration_of_an_invitation": {
        **{"id": _ID, "invitation": "w.invitation", "code": "'n' || n", "name": "'n'"},
        **{"language": "'ja'", "password_hash": "''", "created_at": "p.at", "expires_at": _LATER},
    },
    "environment_of_a_contract": {
        **{"id": _ID, "contract": "w.contract", "name": "'E' || p.at || n", "sort_key": "1"},
        "created_at": "p.at",
    },
    "invitation_of_an_address_a_day": {**_INVITATION, "email": "'one@example.org'"},
    "invitation_of_a_contract_a_day": _INVITATION,
    "invitation_of_a_contract": _INVITATION,
    "activation_of_an_environment_a_day": _ACTIVATION,
    "activation_of_an_environment": _ACTIVATION,
    "activation_of_a_person_a_day": _SPREAD,
    "activation_of_a_service_account_a_day": _BY_ACCOUNT,
    "api_call_of_a_service_account": {
        **{"id": _ID, "service_account": _BY_ACCOUNT["issued_by_account"]},
        **{"key": "p.at || '-' || n", "fingerprint": "''", "created_at": "p.at"},
    },
    "service_account_of_a_contract": {**_ACCOUNT, "revoked_at": "p.at"},
    "service_account_of_a_contract_in_use": _ACCOUNT,
    "single_sign_on_domain_of_a_connection": {
        **_OF_CONNECTION,
        **{"domain": "'d' || n || '.example'", "reason": "'r'", "verified_at": "p.at"},
    },
    "single_sign_on_domain_claim_of_a_connection": {
        **_OF_CONNECTION,
        **{"domain": "'d' || n || '.example'", "token": "repeat('t', 32)", "claimed_at": "p.at"},
    },
    "single_sign_on_log_out_of_a_connection": {
        **_OF_CONNECTION,
        **{"token_hash": _TOKEN, "received_at": "p.at"},
    },
    "single_sign_on_attempt_of_a_connection": {
        **_OF_CONNECTION,
        **{"state_hash": _TOKEN, "next": "'/'", "created_at": "p.at", "expires_at": _LATER},
    },
    "provisioned_person_of_a_connection": {
        **{**_OF_CONNECTION, '"user"': "(select id from portal_user where code = 'p-' || n)"},
        **{"user_name": "'p-' || n", "attributes": "'{}'"},
        **{"created_at": "p.at", "changed_at": "p.at"},
    },
    "webhook_endpoint_of_a_contract": {
        **{name: value for name, value in _WEBHOOK.items() if name != "encrypted_url"},
        "removed_at": "p.at",
    },
    "webhook_endpoint_of_a_contract_in_use": _WEBHOOK,
    "webhook_delivery_of_a_contract": {
        **{"id": _ID, "endpoint": "(select id from webhook_endpoint)", "contract": "w.contract"},
        **{"event": _ID, "event_type": "'x'", "body": "encode(p.bytes, 'base64')"},
        **{"state": "'delivered'", "failures": "0", "answer": "''", "created_at": "p.at"},
        **{"due_at": "p.at", "settled_at": "p.at"},
    },
    "quote_request_of_a_contract_a_day": _QUOTE,
    "quote_request_of_a_contract": _QUOTE,
    "bulk_import_of_a_person": {
        **{"id": _ID, "name": "'n'", "storage_key": _ID, "language": "'ja'", "reason": "''"},
        **{"lines": "'{}'", "added": "'{}'", "wrong": "0", "uploaded_by": "w.person"},
        **{"state": "'uploading'", "begun_at": "p.at", "moved_at": "p.at"},
    },
    "resource_upload_of_a_person": {
        **{"id": _ID, "storage_key": _ID, "name": "'n'", "media_type": "''"},
        **{"uploaded_by": "w.person", "begun_at": "p.at"},
    },
}


async def write(quota: Quota, first: int, last: int, at: object, content: bytes = b"") -> None:
    """Add the rows of these numbers, in one statement."""
    row = ROWS[quota.name]
    sql = _WHO.format(table=quota.table, columns=", ".join(row), values=", ".join(row.values()))
    await fetch(sql, first, last, at, content)


async def prepare(quota: Quota) -> None:
    """The environments over which one person's activations are spread, and an invitation."""
    if ROWS[quota.name] is _BY_ACCOUNT or quota.table == "api_call":
        await fetch(
            "insert into service_account (id, contract, name, role, token_hash, made_at,"
            " created_at, expires_at) select gen_random_uuid(), id, 'writer', 'operate',"
            " sha256('writer'), now(), now(), now() + interval '1 day'"
            " from contract where number = 'D-2001'"
        )
    if quota.table.startswith(("single_sign_on", "provisioned")):
        await fetch(
            "insert into single_sign_on_connection (id, company, issuer, client_id, created_at)"
            " select gen_random_uuid(), company, 'https://id.example', 'portal', now()"
            " from contract where number = 'D-1001'"
        )
    if quota.table == "provisioned_person":
        await fetch(
            "insert into portal_user (id, code, name, email, language, password_hash,"
            " must_change_password, created_at) select gen_random_uuid(), 'p-' || n, 'P',"
            " n || '@example.com', 'ja', '', false, now() from generate_series(1, 20100) n"
        )
    if quota.table == "webhook_delivery":
        await fetch(
            "insert into webhook_endpoint (id, contract, name, host, encrypted_url, preset,"
            " event_types, language, secret_unshown, secret_at, created_at, rests_until)"
            " select gen_random_uuid(), id, 'W', 'h', '', 'slack', '{}', 'ja', false, now(), now(),"
            " now() from contract where number = 'D-1001'"
        )
    if ROWS[quota.name] in (_SPREAD, _BY_ACCOUNT):
        await fetch(
            "insert into environment (id, contract, name, sort_key, created_at)"
            " select gen_random_uuid(), c.id, 'Q' || n, 1, now()"
            " from contract c, generate_series(0, 600) n where c.number = 'D-2001'"
        )
    await fetch(
        "insert into invitation (id, contract, email, language, token_hash, invited_at, expires_at)"
        " select gen_random_uuid(), c.id, 'first@example.org', 'ja', sha256('first'), now(),"
        " now() + interval '1 hour' from contract c where c.number = 'D-1001'"
    )
