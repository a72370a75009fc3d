"""Webhooks: the endpoints, what is sent to them, and the events that still wait."""

from piccolo.columns import UUID, Array, Boolean, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Contract
from app.database import uuid7
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from app.database.quotas import Bound, Quota, WhenFull
from app.web.i18n import N_


class WebhookEndpoint(Table):
    """Where events are sent: of a contract, or, without one, of the vendor.

    Attributes:
        host: of the address, which is encrypted as a whole.
        language: of the texts for chat channels.
        secret_unshown: whether the person who made the secret has not seen it yet.
        secret_by, secret_at: who made the newest secret, and when.
        previous_secret, previous_until: the secret before it, which signs as well for a day.
        delivered_at: the last time that the endpoint took something.
        rests_until: no worker takes the endpoint before.
        lease: which worker has it.
    """

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=True, on_delete=OnDelete.restrict)
    name = Text()
    host = Text()
    encrypted_url = Bytea(null=True, default=None)
    preset = Text()
    event_types = Array(base_column=Text())
    language = Text()
    encrypted_secret = Bytea(null=True, default=None)
    secret_unshown = Boolean(default=False)
    secret_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    secret_at = Timestamptz(default=None)
    previous_secret = Bytea(null=True, default=None)
    previous_until = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None)
    paused_at = Timestamptz(null=True, default=None)
    pause_reason = Text(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)
    rests_until = Timestamptz(default=None)
    lease = UUID(null=True, default=None)
    removed_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)


class WebhookDelivery(Table):
    """An event on its way to an endpoint, or the memory of one.

    Attributes:
        contract: the endpoint's; None for one of the vendor.
        event: the id that receivers recognise a repeat by.
        body: the bytes that are sent, and signed, at every attempt.
        problem: what went wrong the last time.
        status, answer, took_ms: of the last answer; the answer's first kilobyte.
    """

    id = UUID(primary_key=True, default=uuid7)
    endpoint = ForeignKey(WebhookEndpoint, null=False, on_delete=OnDelete.cascade)
    contract = ForeignKey(Contract, null=True, on_delete=OnDelete.restrict)
    event = UUID(default=None)
    event_type = Text()
    body = Text()
    state = Text(default="queued")
    problem = Text(null=True, default=None)
    failures = Integer()
    created_at = Timestamptz(default=None)
    due_at = Timestamptz(default=None)
    attempted_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    status = Integer(null=True, default=None)
    answer = Text(default="")
    took_ms = Integer(null=True, default=None)


class WebhookPending(Table):
    """An audit event whose deliveries are still to be written; the database puts it here."""

    event = UUID(primary_key=True, default=None)
    due_at = Timestamptz(default=None)


DATA = (
    Fields(
        "webhook_endpoint",
        "contract name host preset event_types language secret_unshown secret_by secret_at "
        "previous_until created_at paused_at pause_reason delivered_at rests_until lease "
        "removed_at revision",
        Level.CONFIDENTIAL,
        "owners their contract's; administrator the vendor's",
        "owners their contract's, administrator the vendor's, by proof",
    ),
    NeverShown(
        "webhook_endpoint",
        "encrypted_url encrypted_secret previous_secret",
        "owners their contract's, administrator the vendor's, by proof",
    ),
    Fields(
        "webhook_delivery",
        "endpoint contract event event_type body state problem failures created_at due_at "
        "attempted_at settled_at status answer took_ms",
        Level.CONFIDENTIAL,
        "owners their contract's; administrator the vendor's",
        "the portal; owners and administrators send again",
    ),
    Fields("webhook_pending", "event due_at", Level.HOUSE, NOBODY, "the portal"),
)
QUOTAS = (
    Quota(
        "webhook_endpoint_of_a_contract",
        "webhook_endpoint",
        ("contract",),
        1000,
        "created_at",
        when_full=WhenFull.REFUSE,
        advice=N_(
            "This contract has reached the limit of 1,000 webhooks, including removed ones."
            " Contact us."
        ),
    ),
    Quota(
        "webhook_endpoint_of_a_contract_in_use",
        "webhook_endpoint",
        ("contract",),
        20,
        "created_at",
        when_full=WhenFull.REFUSE,
        only="t.removed_at is null",
        advice=N_(
            "This contract has 20 webhooks. Remove one that you no longer need, then try again."
        ),
    ),
    Quota(
        "webhook_delivery_of_a_contract",
        "webhook_delivery",
        ("contract",),
        20_000,
        "created_at",
        measured=("body", "answer"),
        most_bytes=64_000_000,
    ),
)
BOUNDS = (Bound("webhook_pending", "one for each audit event of some types, for seconds"),)
