"""What the staff confirm about resources: publishing a file, its products, taking it off."""

from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed, Gone, Record
from app.resources import services
from app.resources.upload_services import discard_upload
from app.staff.access import require
from app.staff.catalogue.queries import choices
from app.staff.contracts.acts import change
from app.staff.resources.queries import find_resource, find_upload
from app.staff.rules import Permission
from app.web.i18n import file_size
from app.web.i18n import gettext as _

RESOURCES_URL = "/staff/resources"
UPLOADS_URL = f"{RESOURCES_URL}/uploads"


async def publishable(viewer: Viewer, id: str) -> Record:
    """An upload that waits, for those who may publish.

    Raises:
        NotFoundException: it is gone, or they may not.
    """
    require(viewer, Permission.RESOURCES_CHANGE)
    upload = await find_upload(UUID(id))
    if upload is None:
        raise NotFoundException
    return upload


async def changeable(viewer: Viewer, id: str) -> dict[str, Any]:
    """A resource, for those who may change it.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    require(viewer, Permission.RESOURCES_CHANGE)
    resource = await find_resource(UUID(id))
    if resource is None:
        raise NotFoundException
    return resource


async def _codes(ids: list[str]) -> str:
    return ", ".join(each["code"] for each in await choices() if str(each["id"]) in ids)


def file_facts(file: Any) -> list[tuple[str, str]]:
    """What is said of every file."""
    return [
        (_("File name"), file["name"]),
        (_("Size"), file_size(file["size"])),
        ("SHA-256", file["sha256"]),
    ]


async def _state_publication(context: Context, payload: Loose) -> Statement:
    upload = await publishable(context.viewer, payload["upload"])
    return Statement(
        heading=_("Publish this file?"),
        facts=[
            *file_facts(upload),
            (_("Version"), payload["version"]),
            (_("Products"), await _codes(payload["products"])),
        ],
        back=f"{UPLOADS_URL}/{payload['upload']}",
        notes=[_("Everybody whose contract has one of the products can download it at once.")],
    )


async def _publish(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.RESOURCES_CHANGE)
    try:
        id = await services.publish_resource(
            upload=UUID(payload["upload"]),
            version=payload["version"],
            products=[UUID(product) for product in payload["products"]],
            actor=context.viewer.id,
        )
    except Gone:
        raise Refused("upload-gone", page=RESOURCES_URL) from None
    return Done(f"{RESOURCES_URL}/{id}", _("The file was published."))


async def _state_discard(context: Context, payload: Loose) -> Statement:
    upload = await publishable(context.viewer, payload["upload"])
    return Statement(
        heading=_("Throw this upload away?"),
        facts=file_facts(upload),
        back=f"{UPLOADS_URL}/{payload['upload']}",
    )


async def _discard(context: Context, payload: Loose) -> Done:
    await publishable(context.viewer, payload["upload"])
    upload = UUID(payload["upload"])
    await discard_upload(context.storage, upload=upload, actor=context.viewer.id)
    return Done(RESOURCES_URL, _("The upload was thrown away."))


async def _state_products(context: Context, payload: Loose) -> Statement:
    resource = await changeable(context.viewer, payload["resource"])
    before = ", ".join(product["code"] for product in resource["products"])
    return Statement(
        heading=_("Change the products of this file?"),
        facts=[
            *file_facts(resource),
            change(_("Products"), before, await _codes(payload["products"])),
        ],
        back=f"{RESOURCES_URL}/{payload['resource']}/products",
        notes=[_("Whoever has none of the products cannot download it any more.")],
    )


def _refused(error: Exception, resource: str, form: str) -> Refused:
    if isinstance(error, Changed):
        return Refused("changed-meanwhile", page=form)
    return Refused("resource-gone", page=f"{RESOURCES_URL}/{resource}")


async def _tie(context: Context, payload: Loose) -> Done:
    await changeable(context.viewer, payload["resource"])
    page = f"{RESOURCES_URL}/{payload['resource']}"
    try:
        await services.change_products(
            resource=UUID(payload["resource"]),
            products=[UUID(product) for product in payload["products"]],
            actor=context.viewer.id,
            revision=payload["revision"],
        )
    except (Changed, Gone) as error:
        raise _refused(error, payload["resource"], f"{page}/products") from None
    return Done(page, _("The products of the file were changed."))


async def _state_withdrawal(context: Context, payload: Loose) -> Statement:
    resource = await changeable(context.viewer, payload["resource"])
    kept = _("Kept in storage") if payload["keep_file"] else _("Deleted for good")
    return Statement(
        heading=_("Withdraw this file?"),
        facts=[*file_facts(resource), (_("Version"), resource["version"]), (_("The file"), kept)],
        back=f"{RESOURCES_URL}/{payload['resource']}",
        notes=[_("From now on nobody can download it.")],
        warning="" if payload["keep_file"] else _("The file cannot be had back."),
    )


async def _withdraw(context: Context, payload: Loose) -> Done:
    await changeable(context.viewer, payload["resource"])
    page = f"{RESOURCES_URL}/{payload['resource']}"
    try:
        await services.withdraw_resource(
            resource=UUID(payload["resource"]),
            keep_file=payload["keep_file"],
            actor=context.viewer.id,
            revision=payload["revision"],
        )
    except (Changed, Gone) as error:
        raise _refused(error, payload["resource"], page) from None
    return Done(page, _("The file was withdrawn."))


PUBLICATION = Act("resource-publication", Loose, _state_publication, _publish)
DISCARD = Act("resource-upload-discard", Loose, _state_discard, _discard)
PRODUCTS = Act("resource-products", Loose, _state_products, _tie)
WITHDRAWAL = Act("resource-withdrawal", Loose, _state_withdrawal, _withdraw)
