"""Notices: drafted, changed and published."""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from app import clock
from app.api.calls import (
    IF_MATCH,
    answered,
    etag,
    provide_part,
    provide_vendor_call,
    read_body,
    takes,
    wanted_revision,
)
from app.api.documented_rules import CHANGED, CREATED, LISTED, READ
from app.api.form_rules import values_of
from app.api.list_rules import Part, page_of
from app.api.problem_rules import ApiProblem, Code, FieldProblem
from app.api.services import Answer, Call, do, once
from app.api.values import Page
from app.api.vendor.notice_values import ListedNotice, Notice, NoticePublication, NoticeText
from app.api.vendor.product_code_queries import ids_of
from app.days import JAPAN
from app.notices.values import NoticeValues
from app.staff.notices import acts, queries
from app.staff.notices.queries import SeenNotice, state_of
from app.staff.notices.values import PublicationValues, check_moment
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.lists.queries import list_rows

PATH = "/vendor/notices"
TAGS = ["vendor-notices"]
CALL = {"call": Provide(provide_vendor_call)}
SEE = {"scope": Permission.CONSOLE_SEE}
# Years that can be moved from one time zone to another.
EARLIEST, LATEST = 2000, 9000


async def provide_notice(notice_id: FromPath[UUID]) -> SeenNotice:
    """Return the notice in the address."""
    return await acts.provide_notice(notice_id)


class NoticeCalls(Controller):
    """All notices."""

    path = PATH

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_notices(self, part: NamedDependency[Part]) -> Page[ListedNotice]:
        """List the notices: drafts first, then the newest."""
        listed = await list_rows(queries.NOTICES, part.wanted(queries.NOTICES))
        return page_of(listed, _listed)

    @post(
        responses=CREATED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(NoticeText, Permission.NOTICES_PUBLISH),
    )
    async def draft_notice(
        self, request: Request[Any, Any, Any], call: NamedDependency[Call]
    ) -> Response[Notice]:
        """Write a draft. No one sees it until it is published."""
        values = await _values(await read_body(request, NoticeText))

        async def work() -> Answer:
            done = await do(call, acts.TEXT, acts.NoticeText(None, values=values))
            return await _answer(UUID(done.subject), 201)

        return answered(await once(call, work))


class OneNoticeCalls(Controller):
    """One notice."""

    path = f"{PATH}/{{notice_id:uuid}}"
    dependencies = {"notice": Provide(provide_notice)}

    @get(responses=READ, tags=TAGS, opt=SEE)
    async def read_notice(self, notice: NamedDependency[SeenNotice]) -> Response[Notice]:
        """Read a notice."""
        return Response(_notice(notice), headers={"ETag": etag(notice.revision)})

    @put(
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(NoticeText, Permission.NOTICES_PUBLISH),
    )
    async def change_notice(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        notice: NamedDependency[SeenNotice],
        if_match: Annotated[str, IF_MATCH] = "",
    ) -> Response[Notice]:
        """Change a notice that is not published yet."""
        values = await _values(await read_body(request, NoticeText))
        revision = wanted_revision(if_match, notice.revision)

        async def work() -> Answer:
            payload = acts.NoticeText(notice.id, values=values, revision=revision)
            await do(call, acts.TEXT, payload)
            return await _answer(notice.id)

        return answered(await once(call, work))

    @put(
        "/publication",
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(NoticePublication, Permission.NOTICES_PUBLISH),
    )
    async def publish_notice(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        notice: NamedDependency[SeenNotice],
        if_match: Annotated[str, IF_MATCH] = "",
    ) -> Response[Notice]:
        """Publish a notice, at once or at a time."""
        values = _publication(await read_body(request, NoticePublication))
        revision = wanted_revision(if_match, notice.revision)

        async def work() -> Answer:
            payload = acts.Publication(notice.id, values=values, revision=revision)
            await do(call, acts.PUBLICATION, payload)
            return await _answer(notice.id)

        return answered(await once(call, work))


async def _values(body: NoticeText) -> NoticeValues:
    """Read a text by the rules of the form, which chooses products by their ids."""
    products = await ids_of(body.products)
    said = {**msgspec.structs.asdict(body), "products": list(products)}
    return values_of(NoticeValues, said, {"products": products})


def _publication(body: NoticePublication) -> PublicationValues:
    """Read when to publish, as the form asks for it: day and time in Japan.

    Raises:
        ApiProblem: the moment is past, or no day of a calendar.
    """
    if body.at is None:
        return PublicationValues("now", by_mail=body.by_mail)
    if not EARLIEST <= body.at.year < LATEST:
        label = _("Day")
        message = _("Enter %(label)s as a date, such as 2027/03/31.", label=label)
        raise ApiProblem(Code.INVALID_VALUE, errors=[FieldProblem("/at", message)])
    at, errors = body.at.astimezone(ZoneInfo(JAPAN)), dict[str, str]()
    values = PublicationValues("at", at.date(), at.time(), by_mail=body.by_mail)
    check_moment(values, errors, clock.now())
    if errors:
        problems = [FieldProblem("/at", message) for message in errors.values()]
        raise ApiProblem(Code.INVALID_VALUE, errors=problems)
    return values


async def _answer(id: UUID, status: int = 200) -> Answer:
    """Return the notice as it is now, inside the transaction of its change."""
    notice = await acts.provide_notice(id)
    headers = {"ETag": etag(notice.revision)}
    if status == 201:
        headers["Location"] = f"/api/v1{PATH}/{id}"
    return Answer.of(_notice(notice), status, headers)


def _listed(each: queries.ListedNotice) -> ListedNotice:
    return ListedNotice(
        id=each.id,
        title_ja=each.title_ja,
        title_en=each.title_en,
        state=state_of(each.published_at, each.withdrawn_at, clock.now()),
        published_at=each.published_at,
        withdrawn_at=each.withdrawn_at,
    )


def _notice(notice: SeenNotice) -> Notice:
    return Notice(
        id=notice.id,
        title_ja=notice.title_ja,
        title_en=notice.title_en,
        state=notice.state(clock.now()),
        published_at=notice.published_at,
        withdrawn_at=notice.withdrawn_at,
        body_ja=notice.body_ja,
        body_en=notice.body_en,
        products=notice.codes.split(", ") if notice.codes else [],
        revision=notice.revision,
    )
