"""What the staff confirm about resources: publishing a file, its products, taking it off."""

from uuid import UUID

from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.activation.signing import Office
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Refused, Statement
from app.database import Gone
from app.resources import services
from app.resources.manifest_queries import StoredFile, find_published_file, find_uploaded_file
from app.resources.manifest_services import DamagedFile, office_for
from app.resources.upload_services import discard_upload
from app.resources.values import ProductsValues, ResourceValues, WithdrawalValues
from app.staff.access import requires
from app.staff.contracts.acts import change
from app.staff.notices.acts import product_choices
from app.staff.resources.queries import PublishedFile, WaitingUpload, find_resource, find_upload
from app.staff.rules import Permission
from app.web.i18n import N_, file_size
from app.web.i18n import gettext as _
from app.web.values import facts

RESOURCES_URL = "/staff/resources"
UPLOADS_URL = f"{RESOURCES_URL}/uploads"


class Publication(Entry[ResourceValues], frozen=True):
    """What an upload is published as."""

    upload: UUID


class OfUpload(Payload, frozen=True):
    """An act about an existing upload."""

    upload: UUID


class ProductsChange(Entry[ProductsValues], frozen=True):
    """Other products of a published file."""

    resource: UUID


class Withdrawal(Entry[WithdrawalValues], frozen=True):
    """Taking a published file off."""

    resource: UUID


def resource_url(id: UUID) -> str:
    """Return the path of a published file's page in the console."""
    return f"{RESOURCES_URL}/{id}"


async def provide_upload(upload_id: FromPath[UUID]) -> WaitingUpload:
    """Return an upload that waits to be published.

    Raises:
        NotFoundException: there is none.
    """
    upload = await find_upload(upload_id)
    if upload is None:
        raise NotFoundException
    return upload


async def provide_resource(resource_id: FromPath[UUID]) -> PublishedFile:
    """Return a published file.

    Raises:
        NotFoundException: there is none.
    """
    resource = await find_resource(resource_id)
    if resource is None:
        raise NotFoundException
    return resource


def _file_facts(file: WaitingUpload | PublishedFile) -> list[tuple[str, str]]:
    return [
        (_("File name"), file.name),
        (_("Size"), file_size(file.size)),
        ("SHA-256", file.sha256),
    ]


async def _state_publication(_context: Context, payload: Publication) -> Statement:
    upload = await provide_upload(payload.upload)
    return Statement(
        heading=_("Publish this file?"),
        facts=[*_file_facts(upload), *facts(payload.values, await product_choices())],
        back=f"{UPLOADS_URL}/{upload.id}",
        notes=[
            _(
                "Everyone whose contract includes one of the products can download the file"
                " immediately."
            )
        ],
    )


async def _publish(context: Context, payload: Publication) -> Done:
    file = await find_uploaded_file(payload.upload)
    if file is None:
        raise Refused("upload-gone", page=RESOURCES_URL)
    office = await _office(context, file)
    try:
        id = await services.publish_resource(
            upload=payload.upload,
            version=payload.values.version,
            products=payload.values.products,
            actor=context.viewer.id,
            security_fix=payload.values.security_fix,
            office=office,
        )
    except Gone:
        raise Refused("upload-gone", page=RESOURCES_URL) from None
    message = (
        _("The file was published.") if office else _("The file was published without a signature.")
    )
    return Done(resource_url(id), message, str(id))


async def _office(context: Context, file: StoredFile) -> Office | None:
    """Return what signs a file now, if it can be signed now."""
    try:
        return await office_for(context.settings, context.storage, file)
    except DamagedFile:
        raise Refused("damaged") from None


async def _state_discard(_context: Context, payload: OfUpload) -> Statement:
    upload = await provide_upload(payload.upload)
    return Statement(
        heading=_("Discard this upload?"),
        facts=_file_facts(upload),
        back=f"{UPLOADS_URL}/{upload.id}",
        danger=True,
    )


async def _discard(context: Context, payload: OfUpload) -> Done:
    upload = await provide_upload(payload.upload)
    await discard_upload(context.storage, upload=upload.id, actor=context.viewer.id)
    return Done(RESOURCES_URL, _("The upload was discarded."))


async def _state_products(_context: Context, payload: ProductsChange) -> Statement:
    resource = await provide_resource(payload.resource)
    [(label, after), fix] = facts(payload.values, await product_choices())
    url = resource_url(resource.id)
    return Statement(
        heading=_("Change the products of this file?"),
        facts=[*_file_facts(resource), change(label, resource.codes, after), fix],
        back=url if resource.withdrawn_at else f"{url}/products",
        notes=[_("Customers without any of these products can no longer download the file.")],
    )


async def _tie(context: Context, payload: ProductsChange) -> Done:
    file = await find_published_file(payload.resource)
    if file is None:
        raise Refused("withdrawn")
    try:
        await services.change_products(
            resource=file.id,
            products=payload.values.products,
            actor=context.viewer.id,
            security_fix=payload.values.security_fix,
            office=await _office(context, file),
            revision=payload.revision,
        )
    except Gone:
        raise Refused("withdrawn") from None
    return Done(resource_url(file.id), _("The products of the file were changed."))


async def _state_withdrawal(_context: Context, payload: Withdrawal) -> Statement:
    resource, keep_file = await provide_resource(payload.resource), payload.values.keep_file
    kept = _("Keep in storage") if keep_file else _("Delete permanently")
    return Statement(
        heading=_("Withdraw this file?"),
        facts=[*_file_facts(resource), (_("Version"), resource.version), (_("The file"), kept)],
        back=resource_url(resource.id),
        notes=[_("No one can download the file any longer.")],
        warning="" if keep_file else _("The file cannot be restored."),
        danger=True,
    )


async def _withdraw(context: Context, payload: Withdrawal) -> Done:
    resource = await provide_resource(payload.resource)
    try:
        await services.withdraw_resource(
            resource=resource.id,
            keep_file=payload.values.keep_file,
            actor=context.viewer.id,
            revision=payload.revision,
        )
    except Gone:
        raise Refused("withdrawn") from None
    return Done(resource_url(resource.id), _("The file was withdrawn."))


UPLOAD_GONE = Refusal("form", N_("This upload has already been published or discarded."))
WITHDRAWN = Refusal("form", N_("This file has already been withdrawn."))
DAMAGED = Refusal("form", N_("The stored file is damaged. Upload it again."))
MAY = requires(Permission.RESOURCES_CHANGE)
PUBLICATION = Act(
    "resource-publication",
    Publication,
    _state_publication,
    _publish,
    {"upload-gone": UPLOAD_GONE, "damaged": DAMAGED},
    MAY,
)
DISCARD = Act("resource-upload-discard", OfUpload, _state_discard, _discard, may=MAY)
PRODUCTS = Act(
    "resource-products",
    ProductsChange,
    _state_products,
    _tie,
    {"withdrawn": WITHDRAWN, "damaged": DAMAGED},
    MAY,
)
WITHDRAWAL = Act(
    "resource-withdrawal", Withdrawal, _state_withdrawal, _withdraw, {"withdrawn": WITHDRAWN}, MAY
)
