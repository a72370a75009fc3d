"""The audit log: searched, taken away as a file, and its chain verified."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Stream

from app.accounts.rules import Viewer
from app.audit.event_types import EVENT_TYPES
from app.audit.files import FORMATS
from app.history.rules import event_type_name
from app.settings import Settings
from app.staff.access import permitted
from app.staff.audit import queries, services
from app.staff.audit.forms import AuditForm
from app.staff.audit.queries import AuditFilter
from app.staff.audit.services import CheckRuns
from app.staff.rules import Permission
from app.staff.shell_pages import staff_page
from app.web.i18n import gettext as _
from app.web.lists.addresses import Wanted
from app.web.requests import FormData, PageRequest, is_head, query_form
from app.web.responses import see_other

AUDIT_URL = "/staff/audit"
SEE = [permitted(Permission.AUDIT_SEE)]
EXPORT = [permitted(Permission.AUDIT_EXPORT)]
VERIFY = [permitted(Permission.AUDIT_VERIFY)]
MEDIA_TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}


@get(AUDIT_URL, guards=SEE)
async def list_events(request: PageRequest) -> Response[str]:
    """監査ログ: by person, event type, contract and period."""
    data = query_form(request)
    form = AuditForm.read(data)
    wanted = _wanted(data, form)
    answer = staff_page(
        request,
        "staff/audit.html",
        # What is wrong is left out of the filter, and reported.
        listed=await queries.list_events(form.wanted, wanted),
        errors=form.errors,
        event_types=sorted(
            ((code, event_type_name(code)) for code in EVENT_TYPES), key=lambda pair: pair[1]
        ),
        exports={form: wanted.address(f"{AUDIT_URL}/export/{form}") for form in FORMATS},
    )
    if form.errors:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _wanted(data: FormData, form: AuditForm) -> Wanted:
    """Return what the address asks for; what is typed is kept in it."""
    typed = dict(form.typed)
    return Wanted.read(
        AUDIT_URL, data, queries.EVENTS, event_type={typed.pop("event_type")}, kept=typed
    )


@get(AUDIT_URL + "/export/{format:str}", guards=EXPORT)
async def export(
    request: PageRequest, viewer: NamedDependency[Viewer], format: FromPath[str]
) -> Response[Any]:
    """ダウンロード: everything that the filter lets through, in the form that can be verified."""
    if format not in FORMATS:
        raise NotFoundException
    data = query_form(request)
    form = AuditForm.read(data)
    if form.errors:
        return see_other(_wanted(data, form).address())
    if not is_head(request):
        await services.note_export(viewer.id, form.wanted.query, format)
    return Stream(
        _lines(form.wanted, format),
        media_type=MEDIA_TYPES[format],
        headers={
            "Content-Disposition": f'attachment; filename="audit.{format}"',
            "Cache-Control": "no-store",
        },
    )


async def _lines(chosen: AuditFilter, format: str) -> AsyncIterator[str]:
    head, line = FORMATS[format]
    yield head
    async for link in queries.list_links(chosen):
        yield line(link)


class Verification(Controller):
    """Every event, link and head looked at."""

    path = f"{AUDIT_URL}/verification"
    guards = VERIFY

    @get()
    async def show(self, request: PageRequest) -> Response[str]:
        """The button, and what the last checks found."""
        return await _checks(request, {})

    @post()
    async def verify(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """検証; it changes nothing, so that nothing is confirmed."""
        try:
            await services.verify(settings, viewer.id)
        except CheckRuns:
            message = _("A verification is already running. Check again in a minute.")
            return await _checks(request, {"form": message})
        except TimeoutError:
            message = _("The log is too long to verify here. Use portal audit verify.")
            return await _checks(request, {"form": message})
        return see_other(f"{AUDIT_URL}/verification")


async def _checks(request: PageRequest, errors: dict[str, str]) -> Response[str]:
    return staff_page(
        request,
        "staff/audit_verification.html",
        checks=await queries.list_checks(),
        head=await queries.find_signed_head(),
        errors=errors,
    )
