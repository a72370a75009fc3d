"""The forms of notices: the text in both languages, and when it is published."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from app import days
from app.staff.contracts.forms import typed
from app.staff.list_forms import read_revision
from app.web.forms import Fields
from app.web.i18n import gettext as _
from app.web.requests import FormData
from app.web.texts import normalised

LONGEST_BODY = 10_000
# The vendor's own; pages and mails say it where it matters.
TIME_ZONE = "Asia/Tokyo"


def read_products(fields: Fields, products: Collection[str]) -> list[str]:
    """The ticked products, at least one of those that are offered."""
    chosen = sorted(set(fields.data.all("product")))
    if not chosen or not set(chosen) <= set(products):
        fields.errors["product"] = _("Choose at least one product from the list.")
    return chosen


@dataclass(frozen=True)
class NoticeForm:
    """What a notice says, and about which products.

    Attributes:
        preview: whether it is to be shown as people would see it, and not kept.
    """

    WORDS = ("title_ja", "title_en", "body_ja", "body_en")

    payload: dict[str, Any]
    typed: Mapping[str, Any]
    errors: dict[str, str]
    preview: bool

    @classmethod
    def read(cls, data: FormData, products: Collection[str]) -> "NoticeForm":
        """Read what was sent.

        Args:
            products: ids of those that can be chosen.
        """
        fields = Fields(data)
        payload: dict[str, Any] = {
            "title_ja": fields.text("title_ja", _("Japanese title")),
            "title_en": fields.text("title_en", _("English title")),
            "body_ja": fields.lines("body_ja", _("Japanese text"), maximum=LONGEST_BODY),
            "body_en": fields.lines("body_en", _("English text"), maximum=LONGEST_BODY),
            "products": read_products(fields, products),
            "revision": read_revision(data),
        }
        shown = {**typed(data, (*cls.WORDS, "revision")), "products": payload["products"]}
        return cls(payload, shown, fields.errors, bool(data.get("preview")))


@dataclass(frozen=True)
class PublicationForm:
    """When a notice is published, and whether it is mailed."""

    NAMES = ("when", "day", "time", "by_mail", "revision")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, now: datetime) -> "PublicationForm":
        """Read what was sent; a moment that is past is an error."""
        fields = Fields(data)
        when = fields.choice("when", _("When"), ("now", "at"))
        at = _read_moment(fields, now) if when == "at" else None
        payload = {
            "at": at.isoformat() if at else "",
            "by_mail": fields.ticked("by_mail"),
            "revision": read_revision(data),
        }
        return cls(payload, typed(data, cls.NAMES), fields.errors)


def _read_moment(fields: Fields, now: datetime) -> datetime | None:
    day = fields.day("day", _("Day"))
    shown = _time(normalised(fields.data.get("time")))
    if shown is None:
        fields.errors["time"] = _("Enter the time in hours and minutes, such as 09:30.")
    if day is None or shown is None:
        return None
    at = days.moment_at(day, shown, TIME_ZONE)
    if at <= now:
        fields.errors["day"] = _("This moment is past. Enter a later one, or publish now.")
    return at


def _time(text: str) -> time | None:
    hours, colon, minutes = text.partition(":")
    plain = all(part.isascii() and part.isdigit() and len(part) <= 2 for part in (hours, minutes))
    if not colon or not plain or int(hours) > 23 or int(minutes) > 59:
        return None
    return time(int(hours), int(minutes))
