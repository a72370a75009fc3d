"""The page that offers a kept form again: which one it is, and what was entered."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.accounts.parking.form_rules import name_entries, name_place
from app.accounts.parking.pages import find_parked
from app.accounts.parking.rules import open_form
from app.accounts.rules import Viewer
from app.encryption import read_secret
from app.settings import Settings
from app.web.browsers import browser_name
from app.web.requests import PageRequest, read_kept_form
from app.web.responses import see_other
from app.web.templates import page


@get("/parked-forms/{id:uuid}", guards=[signed_in])
async def show_parked_form(
    request: PageRequest,
    viewer: NamedDependency[Viewer],
    settings: NamedDependency[Settings],
    id: FromPath[UUID],
) -> Response[Any]:
    """What was kept is offered again; to anybody else there is nothing to see."""
    parked = await find_parked(viewer, str(id))
    if parked is None:
        return see_other("/")
    body = open_form(read_secret(settings.secret_file), parked.form)
    return page(
        request,
        "accounts/parked_form.html",
        status=410 if body is None else 200,
        id=id,
        lost=body is None,
        sent_at=parked.created_at,
        browser=browser_name(parked.user_agent),
        place=name_place(parked.path),
        entries=_entries(body or b"", parked.content_type),
    )


def _entries(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """Return what was entered; nothing if it is no form, which its page says when it is sent."""
    try:
        form = read_kept_form(body, content_type)
    except ClientException:
        return []
    files = [(name, upload.name) for name, upload in form.uploads.items()]
    return name_entries([*form.fields.multi_items(), *files])
