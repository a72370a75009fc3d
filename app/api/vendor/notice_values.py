"""Notices, as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app.notices.values import LONGEST_BODY
from app.staff.notices.queries import NoticeState
from app.web.i18n import N_

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Body = Annotated[str, Meta(min_length=1, max_length=LONGEST_BODY)]
Codes = Annotated[
    list[str], Meta(min_length=1, max_length=1000, description=N_("Codes of products."))
]


class ListedNotice(msgspec.Struct, frozen=True):
    """A notice in the list."""

    id: UUID
    title_ja: str
    title_en: str
    state: NoticeState
    published_at: datetime | None
    withdrawn_at: datetime | None


class Notice(ListedNotice, frozen=True):
    """A notice."""

    body_ja: str
    body_en: str
    products: Annotated[list[str], Meta(description=N_("Codes of products."))]
    revision: Annotated[int, Meta(description=N_("The ETag is this number in quotes."))]


class NoticeText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a notice says, and which products it is about."""

    title_ja: Title
    body_ja: Body
    title_en: Title
    body_en: Body
    products: Codes


class NoticePublication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a notice is published."""

    at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None, Meta(description=N_("Null for at once."))
    ] = None
    by_mail: bool = True
