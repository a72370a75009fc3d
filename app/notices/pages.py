"""お知らせ: the list, and one to read."""

from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.notices import queries, services
from app.notices.access import provide_notice
from app.notices.queries import NamedProduct, OpenedNotice
from app.notices.rules import paragraphs, words_in
from app.web import i18n
from app.web.forms import read_key, write_key
from app.web.i18n import gettext as _
from app.web.requests import FormData, PageRequest, is_head, query_form, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE, UNREAD
from app.web.templates import page

NOTICES_URL = "/notices"


def _wanted(data: FormData, products: list[NamedProduct]) -> dict[str, str]:
    """Return the filter as the fields of its form; what is not offered counts as none."""
    wanted = {"unread": "1"} if data.get("unread") else {}
    if data.get("product") in {product.code for product in products}:
        wanted["product"] = data.get("product")
    return wanted


def _address(wanted: dict[str, str]) -> str:
    return f"{NOTICES_URL}?{urlencode(wanted)}" if wanted else NOTICES_URL


class Notices(Controller):
    """The notices of the person's products."""

    path = NOTICES_URL
    guards = [signed_in]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The list, newest first."""
        data = query_form(request)
        if data.get("marked"):
            DONE.set(request.scope, _("All notices were marked as read."))
        before = read_key(data.get("before"))
        products = await queries.own_products(viewer.id)
        wanted = _wanted(data, products)
        listed = await queries.list_notices(
            viewer.id,
            unread_only="unread" in wanted,
            product=wanted.get("product", ""),
            before=before,
        )
        UNREAD.set(request.scope, listed.unread)
        following = listed.following and {**wanted, "before": write_key(listed.following)}
        newest = listed.notices[0] if listed.notices else None
        return page(
            request,
            "notices/list.html",
            listed=listed,
            most_unread=queries.MOST_UNREAD,
            products=products,
            wanted=wanted,
            first=_address(wanted) if before else "",
            following=_address(following) if following else "",
            newest=write_key((newest.published_at, newest.id)) if newest else "",
        )

    @post("/read-marks")
    async def mark_all(
        self, request: PageRequest, viewer: NamedDependency[Viewer]
    ) -> Response[Any]:
        """すべて既読にする: those that were there when the person saw the list."""
        until = read_key((await read_form(request)).get("until"))
        if until is not None:
            await services.mark_all_read(viewer.id, until)
        return see_other(f"{NOTICES_URL}?marked=1")


class NoticeReading(Controller):
    """One notice."""

    path = f"{NOTICES_URL}/{{notice_id:uuid}}"
    guards = [signed_in]
    dependencies = {"notice": Provide(provide_notice)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        notice: NamedDependency[OpenedNotice],
    ) -> Response[str]:
        """The whole text; opening it marks it as read."""
        if not (notice.read or is_head(request)):
            await services.mark_read(viewer.id, notice.id)
        title, body = words_in(i18n.language.get(), notice)
        return page(
            request,
            "notices/notice.html",
            notice=notice,
            title=title,
            paragraphs=paragraphs(body),
        )
