"""Everything that the portal has about a person, for themselves; the format is documented."""

import json
from typing import Any
from uuid import UUID

from app.database import fetch_value

# One query, so that all parts are of the same moment. docs/formats/own-data.md says what each is.
OWN_DATA = """
    select json_build_object(
        'format', 'license-portal-own-data',
        'version', 1,
        'made_at', now(),
        'profile', (
            select json_build_object(
                'id', u.id, 'user_code', u.code, 'name', u.name, 'email', u.email,
                'language', u.language, 'staff_role', u.staff_role,
                'created_at', u.created_at, 'last_sign_in_at', u.last_sign_in_at)
            from portal_user u where u.id = $1),
        'email_waiting_for_confirmation', (
            select json_build_object(
                'email', email, 'asked_at', created_at, 'expires_at', expires_at)
            from email_change where "user" = $1),
        'memberships', (
            select coalesce(json_agg(json_build_object(
                'contract_number', c.number, 'contract_name', c.name, 'company', p.name,
                'role', m.role, 'receives_notices', m.notification, 'since', m.created_at)
                order by c.number), '[]')
            from membership m join contract c on c.id = m.contract
            join company p on p.id = c.company where m."user" = $1),
        'terms_acceptances', (
            select coalesce(json_agg(json_build_object(
                'version', t.version, 'accepted_at', a.accepted_at) order by t.version), '[]')
            from terms_of_use_acceptance a join terms_of_use t on t.id = a.terms_of_use
            where a."user" = $1),
        'sessions', (
            select coalesce(json_agg(json_build_object(
                'browser', user_agent, 'began_at', created_at, 'last_used_at', last_seen_at,
                'expires_at', expires_at, 'ended_at', ended_at, 'end_reason', end_reason)
                order by created_at), '[]')
            from session where "user" = $1),
        'known_browsers', (
            select coalesce(json_agg(json_build_object(
                'last_used_at', last_used_at) order by last_used_at), '[]')
            from device where "user" = $1),
        'second_factors', json_build_object(
            'authenticator_app_since', (
                select confirmed_at from authenticator_app
                where "user" = $1 and confirmed_at is not null),
            'passkeys', (
                select coalesce(json_agg(json_build_object(
                    'name', name, 'added_at', created_at, 'last_used_at', last_used_at)
                    order by created_at), '[]')
                from passkey where "user" = $1),
            'recovery_codes_left', (
                select count(*) from recovery_code where "user" = $1 and used_at is null)),
        'provisioning', (
            select json_build_object(
                'company', y.name, 'user_name', p.user_name, 'external_id', p.external_id,
                'attributes', p.attributes, 'since', p.created_at, 'removed_at', p.removed_at)
            from provisioned_person p join single_sign_on_connection o on o.id = p.connection
            join company y on y.id = o.company where p."user" = $1),
        'invitations_sent', (
            select coalesce(json_agg(json_build_object(
                'contract_number', c.number, 'email', i.email, 'language', i.language,
                'sent_at', i.invited_at, 'expires_at', i.expires_at, 'ended_at', i.ended_at,
                'end_reason', i.end_reason) order by i.invited_at), '[]')
            from invitation i join contract c on c.id = i.contract where i.invited_by = $1),
        'quote_requests', (
            select coalesce(json_agg(json_build_object(
                'reference', q.reference, 'contract_number', c.number, 'state', q.state,
                'requested_at', q.requested_at, 'note', q.note) order by q.requested_at), '[]')
            from quote_request q join contract c on c.id = q.contract where q.requested_by = $1),
        'activations_issued', (
            select coalesce(json_agg(json_build_object(
                'contract_number', c.number, 'environment', e.name, 'sequence_number', a.seq,
                'issued_at', a.issued_at) order by a.issued_at), '[]')
            from activation a join environment e on e.id = a.environment
            join contract c on c.id = e.contract where a.issued_by = $1),
        'unfinished_forms', (
            select coalesce(json_agg(json_build_object(
                'act', f.act, 'content', f.payload, 'entered_at', f.created_at)
                order by f.created_at), '[]')
            from confirmation f where f."user" = $1 and f.done_at is null),
        'history', (
            select coalesce(json_agg(json_build_object(
                'at', v.at, 'act', v.event_type, 'contract_number', c.number, 'details', v.details)
                order by v.at, v.id), '[]')
            from audit_event v left join contract c on c.id = v.contract where v.actor = $1)
    )
"""


async def find_own_data(user: UUID) -> dict[str, Any]:
    """Return the person's data as JSON values; no secret and no hash of one is among them."""
    data: dict[str, Any] = json.loads(await fetch_value(OWN_DATA, user))
    return data
