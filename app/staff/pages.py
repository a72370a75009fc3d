"""The console's first page, search everywhere, and staying logged in."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from app.accounts.rules import Viewer
from app.accounts.session_services import mark_seen
from app.staff.access import permitted
from app.staff.dashboard_queries import list_waiting
from app.staff.figure_queries import read_figures
from app.staff.figure_rules import axis
from app.staff.rules import Permission
from app.staff.search_queries import search
from app.staff.shell_pages import staff_page
from app.web.forms import SHORT_TEXT
from app.web.requests import PageRequest, query_form
from app.web.responses import see_other
from app.web.texts import normalised

CONSOLE = [permitted(Permission.CONSOLE_SEE)]


@get("/staff", guards=CONSOLE)
async def show_dashboard(request: PageRequest) -> Response[str]:
    """What waits, and how things go."""
    return staff_page(
        request,
        "staff/dashboard.html",
        waiting=await list_waiting(),
        figures=await read_figures(),
        axis=axis,
    )


@get("/staff/search", guards=CONSOLE)
async def search_everywhere(request: PageRequest) -> Response[Any]:
    """What the words find; straight on where they are one thing's own number or code."""
    words = normalised(query_form(request).get("words"))[:SHORT_TEXT]
    found = await search(words) if words else {}
    exact = [row.href for rows in found.values() for row in rows if row.exact]
    if len(exact) == 1:
        return see_other(exact[0])
    return staff_page(request, "staff/search.html", words=words, found=found)


@post("/staff/session", guards=CONSOLE)
async def stay_signed_in(viewer: NamedDependency[Viewer]) -> Response[Any]:
    """The button in the warning: the session counts as used now."""
    await mark_seen(viewer.session)
    return see_other("/staff")
