"""お知らせ: the list, one notice with how far its mails are, and writing one with a preview."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.notices.mailing_queries import count_recipients, find_mailing
from app.notices.mailing_services import preview_mail
from app.notices.rules import paragraphs, words_in
from app.notices.values import NoticeValues
from app.settings import Settings
from app.staff.access import permitted
from app.staff.catalogue import queries as catalogue
from app.staff.notices import acts, queries
from app.staff.notices.queries import SeenNotice, state_of
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.web.i18n import LANGUAGES
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, query_form
from app.web.responses import see_other
from app.web.values import Choices, Form, SentForm, from_attributes

SEE = [permitted(Permission.CONSOLE_SEE)]
PUBLISH = [permitted(Permission.NOTICES_PUBLISH)]


@get(acts.NOTICES_URL, guards=SEE)
async def list_notices(request: PageRequest) -> Response[str]:
    """Notices of every state, drafts first."""
    wanted = Wanted.read(acts.NOTICES_URL, query_form(request), queries.NOTICES)
    listed = await list_rows(queries.NOTICES, wanted)
    now = clock.now()
    return staff_page(request, "staff/notices.html", listed=listed, state_of=state_of, now=now)


@dataclass(frozen=True)
class Preview:
    """A notice as its page and its mail show it in a language."""

    language: str
    title: str
    paragraphs: list[Any]
    subject: str
    text: str


def previews(settings: Settings, values: NoticeValues) -> list[Preview]:
    """Return a notice as people see it, in each language."""
    found = []
    for language in LANGUAGES:
        title, body = words_in(language, values)
        mail = preview_mail(settings, values, language)
        found.append(Preview(language, title, paragraphs(body), *mail))
    return found


class Notices(Controller):
    """One notice."""

    path = f"{acts.NOTICES_URL}/{{notice_id:uuid}}"
    dependencies = {"notice": Provide(acts.provide_notice)}

    @get(guards=SEE)
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        notice: NamedDependency[SeenNotice],
    ) -> Response[str]:
        """As people see it, whom it is for, and how far its mails are."""
        shown = acts.TEXT, acts.PUBLICATION, acts.WITHDRAWAL
        unsent = notice.changeable(clock.now())
        return staff_page(
            request,
            "staff/notice.html",
            notice=notice,
            state=notice.state(clock.now()),
            changeable=unsent,
            recipients=await count_recipients(notice.products) if unsent else None,
            mailing=None if unsent else await find_mailing(notice.id),
            previews=previews(settings, from_attributes(NoticeValues, notice)),
            errors=await draft_errors(request, viewer, lambda p: p.notice == notice.id, *shown),
        )

    @post("/withdrawal", guards=PUBLISH)
    async def propose_withdrawal(
        self, viewer: NamedDependency[Viewer], notice: NamedDependency[SeenNotice]
    ) -> Response[Any]:
        """取り下げ: on to the confirm step, or to the notice where it is too late."""
        if notice.published_at is None or notice.withdrawn_at is not None:
            return see_other(acts.notice_url(notice.id))
        return see_other(await propose(viewer, acts.WITHDRAWAL, acts.OfNotice(notice.id)))


@dataclass(frozen=True)
class Subject:
    """What the form of a notice's text is about; a new one is not there yet."""

    settings: Settings
    notice: SeenNotice | None = None


def provide_new(settings: NamedDependency[Settings]) -> Subject:
    """Return what the form of a new notice needs."""
    return Subject(settings)


def provide_text(
    settings: NamedDependency[Settings], notice: NamedDependency[SeenNotice]
) -> Subject:
    """Return the notice in the address, and what its previews need."""
    return Subject(settings, notice)


class NoticeCreation(StaffForms[Subject, NoticeValues, acts.NoticeText]):
    """A new notice."""

    path = f"{acts.NOTICES_URL}/new"
    guards = PUBLISH
    dependencies = {"subject": Provide(provide_new, sync_to_thread=False)}
    act = acts.TEXT
    values = NoticeValues

    def elsewhere(self, subject: Subject) -> str:
        """Lead to the notice where it is published."""
        notice = subject.notice
        late = notice is not None and not notice.changeable(clock.now())
        return acts.notice_url(notice.id) if notice and late else ""

    def now(self, subject: Subject) -> NoticeValues | None:
        """Show the current text."""
        return from_attributes(NoticeValues, subject.notice) if subject.notice else None

    def revision(self, subject: Subject) -> int:
        """Return the revision of the notice."""
        return subject.notice.revision if subject.notice else 0

    async def choices(self, subject: Subject) -> Choices:
        """Offer the catalogue."""
        return await acts.product_choices()

    def entry(self, subject: Subject, values: NoticeValues, revision: int) -> acts.NoticeText:
        """Propose a notice that says this."""
        id = subject.notice.id if subject.notice else None
        return acts.NoticeText(id, values=values, revision=revision)

    async def page(self, request: PageRequest, subject: Subject, form: Form) -> Response[str]:
        """Show the form, and below it the notice as people would see it where that is asked."""
        preview = form.values if isinstance(form, SentForm) and form.preview else None
        return staff_page(
            request,
            "staff/notice_text.html",
            notice=subject.notice,
            products=await catalogue.list_catalogue(),
            previews=previews(subject.settings, preview) if preview else [],
            recipients=await count_recipients(preview.products) if preview else None,
            form=form,
            errors=form.errors,
        )


class NoticeTexts(NoticeCreation):
    """Another text of a notice that is not published yet."""

    path = f"{acts.NOTICES_URL}/{{notice_id:uuid}}/text"
    dependencies = {
        "notice": Provide(acts.provide_notice),
        "subject": Provide(provide_text, sync_to_thread=False),
    }
