"""The figures of monitoring that the database knows, all in one cheap query.

They are the same whichever process is asked: queues, sessions, the audit log's links, keys.
Everything counted here is small, or is counted by an index of just those rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.database import fetch

# Each: the figure, its label where it has one, and the value. What is null is left out.
FIGURES = """
    select 'mails' as figure, 'new' as label,
           (select count(*) from mail where state = 'queued' and failures = 0)::float8 as value
    union all
    select 'mails', 'retried',
           (select count(*) from mail where state = 'queued' and failures > 0)
    union all
    select 'mails', 'failed', (select count(*) from mail where state = 'failed')
    union all
    select 'oldest_mail_seconds', '', coalesce(extract(epoch from now()
           - (select min(created_at) from mail where state = 'queued')), 0)
    union all
    select 'webhooks', case when state = 'failed' then 'failed'
                            when failures > 0 then 'retried' else 'new' end, count(*)
    from webhook_delivery where state <> 'delivered' group by 2
    union all
    select 'webhook_late_seconds', '', coalesce(extract(epoch from now() - (
           select least(
               (select min(d.due_at) from webhook_delivery d
                join webhook_endpoint w on w.id = d.endpoint
                where d.state = 'queued' and d.due_at <= now() and w.paused_at is null
                  and w.rests_until <= now()),
               (select min(due_at) from webhook_pending where due_at <= now())))), 0)
    union all
    select 'webhooks_paused', '', (select count(*) from webhook_endpoint
           where paused_at is not null and pause_reason <> 'person' and removed_at is null)
    union all
    select 'imports', 'waiting',
           (select count(*) from bulk_import where state in ('checking', 'importing'))
    union all
    select 'oldest_import_seconds', '', coalesce(extract(epoch from now()
           - (select min(moved_at) from bulk_import where state in ('checking', 'importing'))), 0)
    union all
    select 'invitations_waiting', '', (select count(*) from import_person)
    union all
    select 'notices_at_work', '', (select count(*) from notice
           where mailed_at is null and withdrawn_at is null and published_at <= now())
    union all
    select 'sessions', case when u.staff_role is null then 'customer' else 'staff' end, count(*)
    from session s join portal_user u on u.id = s."user"
    where s.expires_at > now() and s.ended_at is null
          and s.generation = u.credential_generation and u.disabled_at is null group by 2
    union all
    select 'audit_unlinked', '', (select count(*) from audit_unlinked)
    union all
    select 'audit_lag_seconds', '', coalesce(extract(epoch from now() - (
           select min(e.at) from audit_unlinked w join audit_event e on e.id = w.event)), 0)
    union all
    select 'signing_key_end', '', extract(epoch from (select max(not_after) from signing_key))
    union all
    select 'emergency_uses', 'first', count(distinct emergency_file) from emergency_use
    union all
    select 'emergency_uses', 'further', count(*) - count(distinct emergency_file)
    from emergency_use
    union all
    select 'task_done', name, extract(epoch from done_at) from background_task
    union all
    select 'task_failures', name, failures from background_task
"""


@dataclass(frozen=True)
class Figures:
    """Figure → label → value; a figure without a label has the empty one."""

    values: dict[str, dict[str, float]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Mapping[str, float]:
        return self.values.get(name, {})


async def read_figures() -> Figures:
    """The figures as of now."""
    figures = Figures()
    for row in await fetch(FIGURES):
        if row["value"] is not None:
            figures.values.setdefault(row["figure"], {})[row["label"]] = float(row["value"])
    return figures
