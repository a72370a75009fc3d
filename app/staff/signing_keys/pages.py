"""Signing keys: what there is, a new one, and the keyset that goes out and comes back signed."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.activation.format.keysets import KEY_DAYS
from app.activation.signing_keys.services import current_keyset
from app.confirmations.services import find_draft, propose
from app.settings import Settings
from app.staff.access import permitted
from app.staff.rules import Permission
from app.staff.shell_pages import staff_page
from app.staff.signing_keys import acts, queries
from app.staff.signing_keys.forms import RotationForm
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONSOLE_SEE)]
ROTATE = [permitted(Permission.SIGNING_KEYS_ROTATE)]
# A signed keyset is part of every activation file, which is no larger.
MOST_BYTES = 64 * 1024


@get(acts.KEYS_URL, guards=SEE)
async def list_keys(
    request: PageRequest, viewer: NamedDependency[Viewer], settings: NamedDependency[Settings]
) -> Response[str]:
    """署名鍵: state and dates, and what can be done next."""
    draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.IMPORT)
    return await _list(request, settings, acts.problem_of(draft.refusal if draft else None))


async def _list(request: PageRequest, settings: Settings, errors: dict[str, str]) -> Response[str]:
    keys = await queries.list_keys(await current_keyset(settings))
    return staff_page(request, "staff/signing_keys.html", keys=keys, errors=errors)


class Rotation(Controller):
    """A new signing key, and which old ones are good no more."""

    path = f"{acts.KEYS_URL}/rotation"
    guards = ROTATE

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.ROTATION)
        typed = draft.payload if draft else {"days": KEY_DAYS, "dropped": []}
        return await _form(
            request, settings, typed, acts.problem_of(draft.refusal if draft else None)
        )

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """作成: on to the confirm step."""
        keyset = await current_keyset(settings)
        kids = {key.kid for key in keyset.keys} if keyset else set()
        form = RotationForm.read(await read_form(request), kids)
        if form.errors:
            return await _form(request, settings, form.typed, form.errors)
        return see_other(await propose(viewer, acts.ROTATION, form.payload))


async def _form(
    request: PageRequest, settings: Settings, typed: dict[str, Any], errors: dict[str, str]
) -> Response[str]:
    keyset = await current_keyset(settings)
    keys = await queries.list_keys(keyset)
    return staff_page(
        request,
        "staff/signing_key_rotation.html",
        named=keyset.keys if keyset else (),
        seen=keys.newest,
        typed=typed,
        errors=errors,
    )


class Keysets(Controller):
    """The unsigned keyset on its way out, the signed one on its way in."""

    path = f"{acts.KEYS_URL}/keysets"
    guards = ROTATE

    @get("/{version:int}")
    async def download(self, version: FromPath[int]) -> Response[str]:
        """The document that the root signs."""
        document = await queries.find_unsigned(version) if version < 2**31 else None
        if document is None:
            raise NotFoundException
        return Response(
            document,
            media_type="application/json",
            headers={
                "Content-Disposition": f'attachment; filename="keyset-{version}.json"',
                "Cache-Control": "no-store",
            },
        )

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """登録: checked, then on to the confirm step."""
        upload = (await read_form(request)).uploads.get("keyset")
        if upload is None or not upload.content:
            return await _list(request, settings, {"keyset": _("Choose the signed keyset.")})
        found = await acts.checked(settings, upload.content[: MOST_BYTES + 1])
        if isinstance(found, str):
            return await _list(request, settings, {"keyset": found})
        return see_other(await propose(viewer, acts.IMPORT, {}, upload.content))
