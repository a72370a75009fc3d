"""Signing keys: what there is, a new one, and the keyset that goes out and comes back signed."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.activation.signing_keys.services import current_keyset
from app.confirmations.services import propose
from app.settings import Settings
from app.staff.access import permitted
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.staff.signing_keys import acts, queries
from app.staff.signing_keys.values import RotationValues
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.values import Choices

SEE = [permitted(Permission.CONSOLE_SEE)]
ROTATE = [permitted(Permission.SIGNING_KEYS_ROTATE)]
# A signed keyset is part of every activation file, which is no larger.
MOST_BYTES = 64 * 1024


@get(acts.KEYS_URL, guards=SEE)
async def list_keys(
    request: PageRequest, viewer: NamedDependency[Viewer], settings: NamedDependency[Settings]
) -> Response[str]:
    """署名鍵: state and dates, and what can be done next."""
    return await _list(
        request, settings, await draft_errors(request, viewer, lambda _: True, acts.IMPORT)
    )


async def _list(request: PageRequest, settings: Settings, errors: dict[str, str]) -> Response[str]:
    keys = await queries.list_keys(await current_keyset(settings))
    return staff_page(request, "staff/signing_keys.html", keys=keys, errors=errors)


@dataclass(frozen=True)
class Subject:
    """What a new key is made beside: the keys of the keyset in force, and how many are held."""

    named: dict[str, str]
    revision: int


async def provide_subject(settings: NamedDependency[Settings]) -> Subject:
    """Look at the keys that there are."""
    keyset = await current_keyset(settings)
    held = await queries.list_keys(keyset)
    named = {key.kid: f"{key.kid} ({key.algorithm})" for key in keyset.keys} if keyset else {}
    return Subject(named, len(held.keys))


class Rotation(StaffForms[Subject, RotationValues, acts.Rotation]):
    """A new signing key, and which old ones are good no more."""

    path = f"{acts.KEYS_URL}/rotation"
    guards = ROTATE
    dependencies = {"subject": Provide(provide_subject)}
    act = acts.ROTATION
    values = RotationValues
    template = "staff/signing_key_rotation.html"

    def now(self, subject: Subject) -> RotationValues:
        """Show what is usual."""
        return RotationValues()

    async def choices(self, subject: Subject) -> Choices:
        """Offer to drop the keys that the keyset in force names."""
        return {"dropped": subject.named}

    def entry(self, subject: Subject, values: RotationValues, revision: int) -> acts.Rotation:
        """Propose a key."""
        return acts.Rotation(values=values, revision=revision)


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
            return await _list(request, settings, {"keyset": _("Select the signed keyset.")})
        found = await acts.checked(settings, upload.content[: MOST_BYTES + 1])
        if isinstance(found, str):
            return await _list(request, settings, {"keyset": found})
        return see_other(await propose(viewer, acts.IMPORT, acts.Import(), upload.content))
