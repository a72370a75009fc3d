"""お知らせ: the list, and one to read."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.notices import queries, services
from app.notices.access import provide_notice
from app.notices.queries import NOTICES_URL, OpenedNotice
from app.notices.rules import paragraphs, words_in
from app.web import i18n
from app.web.forms import read_id
from app.web.i18n import gettext as _
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, is_head, query_form, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE, UNREAD
from app.web.templates import page


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
        products = await queries.own_products(viewer.id)
        codes = {product.code for product in products}
        wanted = Wanted.read(NOTICES_URL, data, queries.NOTICES, product=codes)
        notices = await queries.list_notices(viewer.id, products, wanted)
        UNREAD.set(request.scope, notices.unread)
        rows = notices.listed.rows
        whole = not (wanted.filtered or wanted.key or wanted.turned)
        return page(
            request,
            "notices/list.html",
            notices=notices,
            most_unread=queries.MOST_UNREAD,
            products=products,
            newest=rows[0].id if rows and whole else None,
        )

    @post("/read-marks")
    async def mark_all(
        self, request: PageRequest, viewer: NamedDependency[Viewer]
    ) -> Response[Any]:
        """すべて既読にする: those that were there when the person saw the list."""
        until = read_id((await read_form(request)).get("until"))
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
