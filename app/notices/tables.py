"""What the vendor announces to the people who use a product."""

from piccolo.columns import UUID, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Membership
from app.database import uuid7
from app.database.data_fields import NOBODY, Fields, Level, NeverShown
from app.database.quotas import Bound
from app.products.tables import Product


class Notice(Table):
    """A notice in both languages.

    `published_at` is null for a draft, and may lie ahead. `mailed_at` is when the last of its mails
    was written into the outbox; the database counts `revision` with every change.
    """

    id = UUID(primary_key=True, default=uuid7)
    title_ja = Text()
    title_en = Text()
    body_ja = Text()
    body_en = Text()
    published_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    mailed_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)


class NoticeProduct(Table):
    """The products a notice is about."""

    id = UUID(primary_key=True, default=uuid7)
    notice = ForeignKey(Notice, null=False, on_delete=OnDelete.cascade)
    product = ForeignKey(Product, null=False, on_delete=OnDelete.restrict)


class NoticeRead(Table):
    """Who has read which notice."""

    id = UUID(primary_key=True, default=uuid7)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    notice = ForeignKey(Notice, null=False, on_delete=OnDelete.cascade)
    read_at = Timestamptz(default=None)


class NoticeMail(Table):
    """A notice's mail to a person; the token is that of the link that stops such mails.

    `mail` is the outbox's row, by id only; null where the address takes no mail.
    """

    id = UUID(primary_key=True, default=uuid7)
    notice = ForeignKey(Notice, null=False, on_delete=OnDelete.restrict)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    mail = UUID(null=True, default=None)
    token_hash = Bytea(unique=True)
    created_at = Timestamptz(default=None)


class NoticeMailMembership(Table):
    """The contracts that a mail was for: whose notices its link stops."""

    id = UUID(primary_key=True, default=uuid7)
    notice_mail = ForeignKey(NoticeMail, null=False, on_delete=OnDelete.cascade)
    membership = ForeignKey(Membership, null=False, on_delete=OnDelete.cascade)


DATA = (
    Fields(
        "notice",
        "title_ja title_en body_ja body_en published_at withdrawn_at mailed_at revision",
        Level.HOUSE,
        "people whose contract has the product; viewer",
        "operator",
    ),
    Fields(
        "notice_product",
        "notice product",
        Level.HOUSE,
        "people whose contract has the product; viewer",
        "operator",
    ),
    Fields("notice_read", "user notice read_at", Level.PERSONAL, "oneself", "oneself"),
    Fields("notice_mail", "notice user mail created_at", Level.PERSONAL, NOBODY, "the portal"),
    NeverShown("notice_mail", "token_hash"),
    Fields(
        "notice_mail_membership", "notice_mail membership", Level.PERSONAL, NOBODY, "the portal"
    ),
)
BOUNDS = (
    Bound("notice", "operators write them"),
    Bound("notice_product", "unique: one for each notice and product"),
    Bound("notice_read", "unique: one for each person and notice"),
    Bound("notice_mail", "the portal writes one for each person and notice"),
    Bound("notice_mail_membership", "the portal writes one for each mail and contract"),
)
