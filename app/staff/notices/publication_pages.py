"""Publishing a notice, now or at a time."""

from typing import Any

from litestar.di import Provide

from app import clock
from app.notices.mailing_queries import count_recipients
from app.staff.notices import acts
from app.staff.notices.pages import PUBLISH
from app.staff.notices.queries import SeenNotice
from app.staff.notices.values import PublicationValues, check_moment
from app.staff.shell_pages import StaffForms
from app.web.i18n import gettext as _
from app.web.values import Choices, SentForm


class NoticePublications(StaffForms[SeenNotice, PublicationValues, acts.Publication]):
    """When people see a notice, and whether they are written to."""

    path = f"{acts.NOTICES_URL}/{{notice_id:uuid}}/publication"
    guards = PUBLISH
    dependencies = {"subject": Provide(acts.provide_notice)}
    act = acts.PUBLICATION
    values = PublicationValues
    template = "staff/notice_publication.html"

    def elsewhere(self, subject: SeenNotice) -> str:
        """Lead to the notice where it is published."""
        return "" if subject.changeable(clock.now()) else acts.notice_url(subject.id)

    def now(self, subject: SeenNotice) -> PublicationValues:
        """Show what is usual."""
        return PublicationValues("now")

    async def choices(self, subject: SeenNotice) -> Choices:
        """Offer to publish at once, or later."""
        return {"when": {"now": _("Immediately"), "at": _("At the date and time below")}}

    async def check(self, subject: SeenNotice, form: SentForm[PublicationValues]) -> None:
        """Look at the moment as a whole."""
        check_moment(form.values, form.errors, clock.now())

    def entry(
        self, subject: SeenNotice, values: PublicationValues, revision: int
    ) -> acts.Publication:
        """Propose to publish it."""
        return acts.Publication(subject.id, values=values, revision=revision)

    async def context(self, subject: SeenNotice) -> dict[str, Any]:
        """Give the page the notice, and how many people it would be mailed to."""
        return {"notice": subject, "recipients": await count_recipients(subject.products)}
