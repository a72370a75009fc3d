"""お知らせ: the list, one notice with how far its mails are, and writing one with a preview."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.notices.mailing_queries import count_recipients, find_mailing
from app.notices.mailing_services import preview_mail
from app.notices.rules import paragraphs
from app.settings import Settings
from app.staff.access import permitted
from app.staff.catalogue import queries as catalogue
from app.staff.list_forms import ListForm
from app.staff.notices import acts, queries
from app.staff.notices.forms import NoticeForm
from app.staff.notices.queries import NoticeState, state_of
from app.staff.rules import Permission
from app.staff.shell_pages import kept, staff_page
from app.web.i18n import LANGUAGES
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONSOLE_SEE)]
PUBLISH = [permitted(Permission.NOTICES_PUBLISH)]
CHANGEABLE = {NoticeState.DRAFT, NoticeState.WAITING}


async def provide_notice(notice_id: FromPath[UUID]) -> dict[str, Any]:
    """The notice in the address.

    Raises:
        NotFoundException: there is none.
    """
    notice = await queries.find_notice(notice_id)
    if notice is None:
        raise NotFoundException
    return notice


@get(acts.NOTICES_URL, guards=SEE)
async def list_notices(request: PageRequest) -> Response[str]:
    """Notices of every state, drafts first."""
    form = ListForm.read(
        acts.NOTICES_URL, query_form(request), queries.NOTICES.orders, {"state": queries.STATES}
    )
    listed = await queries.list_notices(
        form.search, state=form.chosen["state"], order=form.order, after=form.after
    )
    now = clock.now()
    return staff_page(
        request, "staff/notices.html", list=form, listed=listed, state_of=state_of, now=now
    )


def previews(settings: Settings, words: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A notice as the page and the mail show it, in each language."""
    found = []
    for language in LANGUAGES:
        subject, text = preview_mail(settings, words, language)
        found.append(
            {
                "language": language,
                "title": words[f"title_{language}"],
                "paragraphs": paragraphs(words[f"body_{language}"]),
                "subject": subject,
                "text": text,
            }
        )
    return found


class NoticeCreation(Controller):
    """A new notice."""

    path = f"{acts.NOTICES_URL}/new"
    guards = PUBLISH

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        now = dict.fromkeys(NoticeForm.WORDS, "") | {"products": [], "revision": 0}
        typed, errors = await kept(request, viewer, acts.TEXT, now, notice="")
        return await _form(request, settings, None, typed, errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """プレビュー, or 登録 and on to the confirm step."""
        return await _propose(request, viewer, settings, None)


class Notices(Controller):
    """One notice."""

    path = f"{acts.NOTICES_URL}/{{notice_id:uuid}}"
    dependencies = {"notice": Provide(provide_notice)}

    @get(guards=SEE)
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        notice: NamedDependency[dict[str, Any]],
    ) -> Response[str]:
        """As people see it, whom it is for, and how far its mails are."""
        state, errors = state_of(notice, clock.now()), dict[str, str]()
        for act in (acts.TEXT, acts.PUBLICATION, acts.WITHDRAWAL):
            _typed, found = await kept(request, viewer, act, {}, notice=str(notice["id"]))
            errors |= found
        unsent = state in CHANGEABLE
        return staff_page(
            request,
            "staff/notice.html",
            notice=notice,
            state=state,
            changeable=unsent,
            recipients=await count_recipients(products_of(notice)) if unsent else None,
            mailing=None if unsent else await find_mailing(notice["id"]),
            previews=previews(settings, notice),
            errors=errors,
        )

    @get("/text", guards=PUBLISH)
    async def show_text(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        notice: NamedDependency[dict[str, Any]],
    ) -> Response[Any]:
        """The form, with the words as they are or as they were entered."""
        if state_of(notice, clock.now()) not in CHANGEABLE:
            return see_other(notice_url(notice))
        now = {name: notice[name] for name in NoticeForm.WORDS}
        now |= {"products": [product["id"] for product in notice["products"]]}
        typed, errors = await kept(request, viewer, acts.TEXT, now, notice=str(notice["id"]))
        typed["revision"] = notice["revision"]
        return await _form(request, settings, notice, typed, errors)

    @post("/text", guards=PUBLISH)
    async def propose_text(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        notice: NamedDependency[dict[str, Any]],
    ) -> Response[Any]:
        """プレビュー, or 更新 and on to the confirm step."""
        if state_of(notice, clock.now()) not in CHANGEABLE:
            return see_other(notice_url(notice))
        return await _propose(request, viewer, settings, notice)


def notice_url(notice: Mapping[str, Any]) -> str:
    """Path of a notice's page in the console."""
    return f"{acts.NOTICES_URL}/{notice['id']}"


def products_of(notice: Mapping[str, Any]) -> list[UUID]:
    """Ids of the products that a notice is about."""
    return [UUID(product["id"]) for product in notice["products"]]


async def _propose(
    request: PageRequest, viewer: Viewer, settings: Settings, notice: Mapping[str, Any] | None
) -> Response[Any]:
    offered = {str(product["id"]) for product in await catalogue.choices()}
    form = NoticeForm.read(await read_form(request), offered)
    if form.errors or form.preview:
        preview = None if form.errors else form.payload
        return await _form(request, settings, notice, form.typed, form.errors, preview)
    payload = {**form.payload, "notice": str(notice["id"]) if notice else ""}
    return see_other(await propose(viewer, acts.TEXT, payload))


async def _form(
    request: PageRequest,
    settings: Settings,
    notice: Mapping[str, Any] | None,
    typed: Mapping[str, Any],
    errors: dict[str, str],
    preview: Mapping[str, Any] | None = None,
) -> Response[str]:
    chosen = [UUID(id) for id in preview["products"]] if preview else []
    return staff_page(
        request,
        "staff/notice_text.html",
        notice=notice,
        products=await catalogue.choices(),
        previews=previews(settings, preview) if preview else [],
        recipients=await count_recipients(chosen) if preview else None,
        typed=typed,
        errors=errors,
    )
