"""カレンダー: what ends, in the person's own calendar program."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.acts import Payload
from app.confirmations.services import propose
from app.days import JAPAN
from app.reminders import calendar_acts as acts
from app.reminders import queries
from app.reminders.calendar_rules import calendar_file
from app.reminders.calendar_services import take_address
from app.settings import Settings
from app.web import i18n
from app.web.requests import PageRequest, is_head
from app.web.responses import see_other
from app.web.templates import page

SUFFIX = ".ics"


class CalendarSettings(Controller):
    """個人設定: the address of the person's calendar."""

    path = acts.CALENDAR_URL
    guards = [signed_in]

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[str]:
        """Whether there is an address; right after it was made, the address itself, once."""
        feed = await queries.find_feed(viewer.id)
        shown = feed is not None and feed.counts and feed.unshown
        unasked = not shown or is_head(request)
        return page(
            request,
            "reminders/calendar.html",
            headers={"Cache-Control": "no-store"},
            feed=feed,
            stops_with=acts.stops_with(),
            address=None if unasked else await take_address(settings, viewer.id),
        )

    @post()
    async def propose_creation(self, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """アドレスを作成: on to the confirm step."""
        return see_other(await propose(viewer, acts.CREATION, Payload()))

    @post("/revocation")
    async def propose_revocation(self, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """取り消し: on to the confirm step."""
        if await queries.find_feed(viewer.id) is None:
            raise NotFoundException
        return see_other(await propose(viewer, acts.REVOCATION, Payload()))


@get("/calendar/{name:str}", opt={"public": True})
async def show_calendar(
    settings: NamedDependency[Settings], name: FromPath[str]
) -> Response[bytes]:
    """The calendar file, for programs: having its address is what lets them read it."""
    found = None
    if name.endswith(SUFFIX):
        found = await queries.find_subscriber(name.removesuffix(SUFFIX))
    if found is None:
        raise NotFoundException
    i18n.language.set(found.language)
    end_dates = await queries.list_end_dates(found.user, clock.today(JAPAN))
    content = calendar_file(end_dates, made_at=found.created_at, base_url=settings.base_url)
    return Response(content, media_type="text/calendar")
