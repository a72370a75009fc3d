"""Publishing a notice, now or at a time, and taking it back."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.notices.mailing_queries import count_recipients
from app.staff.notices import acts
from app.staff.notices.forms import TIME_ZONE, PublicationForm
from app.staff.notices.pages import CHANGEABLE, PUBLISH, notice_url, products_of, provide_notice
from app.staff.notices.queries import state_of
from app.staff.shell_pages import problem_of, staff_page
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other


class NoticePublications(Controller):
    """When people see a notice, and until when."""

    path = f"{acts.NOTICES_URL}/{{notice_id:uuid}}"
    guards = PUBLISH
    dependencies = {"notice": Provide(provide_notice)}

    @get("/publication")
    async def show_publication(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        notice: NamedDependency[dict[str, Any]],
    ) -> Response[Any]:
        """When, and whether by mail."""
        if state_of(notice, clock.now()) not in CHANGEABLE:
            return see_other(notice_url(notice))
        typed = {"when": "now", "day": "", "time": "", "by_mail": "1"}
        id = request.query_params.get("draft", "")
        draft = await find_draft(viewer, id, acts.PUBLICATION)
        errors: dict[str, str] = {}
        if draft and draft.payload["notice"] == str(notice["id"]):
            typed, errors = draft.payload["typed"], problem_of(draft.refusal)
        typed = {**typed, "revision": notice["revision"]}
        return await _publication(request, notice, typed, errors)

    @post("/publication")
    async def propose_publication(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        notice: NamedDependency[dict[str, Any]],
    ) -> Response[Any]:
        """公開: on to the confirm step."""
        if state_of(notice, clock.now()) not in CHANGEABLE:
            return see_other(notice_url(notice))
        form = PublicationForm.read(await read_form(request), clock.now())
        if form.errors:
            return await _publication(request, notice, form.typed, form.errors)
        payload = {**form.payload, "notice": str(notice["id"]), "typed": dict(form.typed)}
        return see_other(await propose(viewer, acts.PUBLICATION, payload))

    @post("/withdrawal")
    async def propose_withdrawal(
        self, viewer: NamedDependency[Viewer], notice: NamedDependency[dict[str, Any]]
    ) -> Response[Any]:
        """取り下げ: on to the confirm step, or to the notice where it is too late."""
        if notice["published_at"] is None or notice["withdrawn_at"] is not None:
            return see_other(notice_url(notice))
        payload = {"notice": str(notice["id"])}
        return see_other(await propose(viewer, acts.WITHDRAWAL, payload))


async def _publication(
    request: PageRequest,
    notice: Mapping[str, Any],
    typed: Mapping[str, Any],
    errors: dict[str, str],
) -> Response[str]:
    return staff_page(
        request,
        "staff/notice_publication.html",
        notice=notice,
        recipients=await count_recipients(products_of(notice)),
        time_zone=TIME_ZONE,
        typed=typed,
        errors=errors,
    )
