"""Home, the site map, and whether the portal is well."""

from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.database import check_ready, fetch_value
from app.home.queries import first_steps_of, portlet_contracts
from app.notices.queries import MOST_UNREAD, newest_notices
from app.web.requests import PageRequest
from app.web.responses import see_other
from app.web.scope_keys import UNREAD
from app.web.templates import page


@get("/", guards=[signed_in])
async def show_home(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """ホーム: what the person has, and what needs doing; the staff's is the console."""
    if viewer.staff_role is not None:
        return see_other("/staff")
    news = await newest_notices(viewer.id)
    UNREAD.set(request.scope, news.unread)
    contracts = await portlet_contracts(viewer.id)
    return page(
        request,
        "home/home.html",
        contracts=contracts,
        first=first_steps_of(contracts),
        news=news,
        most_unread=MOST_UNREAD,
    )


@get("/site-map", guards=[signed_in])
async def show_site_map(request: PageRequest) -> Response[str]:
    """サイトマップ: every place, grouped."""
    return page(request, "home/site_map.html")


@get("/healthz", opt={"public": True}, media_type=MediaType.TEXT)
async def healthz() -> str:
    """The process answers."""
    return "ok\n"


@get("/readyz", opt={"public": True}, media_type=MediaType.TEXT)
async def readyz() -> str:
    """The process answers, and its database has the tables and takes changes; 503 otherwise."""
    await check_ready()
    await fetch_value("select 1 from terms_of_use limit 1")
    return "ready\n"
