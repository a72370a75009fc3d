"""What the staff confirm about bills of materials: attaching one to a file, and removing it."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Payload, Refused, Statement
from app.database import Gone
from app.resources.sbom_rules import MOST_COMPONENTS, Sbom, SbomFault, SbomFormat, read_sbom
from app.resources.sbom_services import attach_sbom, remove_sbom
from app.staff.resources.acts import MAY, WITHDRAWN, provide_resource, resource_url
from app.web.background import in_background
from app.web.i18n import N_, file_size, number
from app.web.i18n import gettext as _

FAULTS = {
    SbomFault.EMPTY: N_("The file is empty. Select another file."),
    SbomFault.TOO_LARGE: N_("The SBOM is larger than 5 MiB."),
    SbomFault.NOT_JSON: N_("The file is not valid JSON. Select an SBOM in JSON."),
    SbomFault.UNKNOWN_FORMAT: N_("The file is neither CycloneDX nor SPDX. Select an SBOM in JSON."),
    SbomFault.UNKNOWN_VERSION: N_("Use CycloneDX 1.2 or later, or SPDX 2.1 to 2.3."),
    SbomFault.WRONG_COMPONENT: N_(
        "A component of the SBOM does not follow its format: each needs at least a name."
    ),
    SbomFault.TOO_MANY: N_("The SBOM has more than %(most)s components."),
}


class SbomChange(Payload, frozen=True):
    """An act about the SBOM of a file; one that is attached is the upload of the confirmation."""

    resource: UUID


def fault_message(fault: SbomFault) -> str:
    """Return what is wrong with a file, in the reader's language."""
    return _(FAULTS[fault], most=number(MOST_COMPONENTS))


async def read_upload(content: bytes) -> Sbom | SbomFault:
    """Return the SBOM in an uploaded file, or why there is none."""
    return await in_background(lambda: read_sbom(content))


async def _sbom_of(context: Context) -> Sbom:
    """Return the SBOM of the confirmation, which was checked before it was proposed."""
    found = await read_upload(context.upload or b"")
    if isinstance(found, SbomFault):
        raise NotFoundException
    return found


async def _state_attachment(context: Context, payload: SbomChange) -> Statement:
    resource = await provide_resource(payload.resource)
    sbom = await _sbom_of(context)
    replaced = _("The SBOM that is attached now will be replaced.")
    return Statement(
        heading=_("Attach this SBOM?"),
        facts=[
            (_("File name"), resource.name),
            (_("Version"), resource.version),
            (_("Format"), f"{sbom.format.label} {sbom.version}"),
            (_("Components"), number(len(sbom.components))),
            (_("Size"), file_size(len(context.upload or b""))),
        ],
        back=resource_url(resource.id),
        notes=[replaced] if resource.sbom else [],
    )


async def _attach(context: Context, payload: SbomChange) -> Done:
    sbom = await _sbom_of(context)
    try:
        await attach_sbom(
            resource=payload.resource,
            sbom=sbom,
            content=context.upload or b"",
            actor=context.viewer.id,
        )
    except Gone:
        raise Refused("withdrawn") from None
    return Done(resource_url(payload.resource), _("The SBOM was attached."))


async def _state_removal(_context: Context, payload: SbomChange) -> Statement:
    resource = await provide_resource(payload.resource)
    if resource.sbom is None:
        raise NotFoundException
    format = SbomFormat(resource.sbom_format or "").label
    return Statement(
        heading=_("Remove this SBOM?"),
        facts=[
            (_("File name"), resource.name),
            (_("Version"), resource.version),
            (_("Format"), f"{format} {resource.sbom_version}"),
        ],
        back=resource_url(resource.id),
        notes=[_("Customers can no longer see it.")],
        danger=True,
    )


async def _remove(context: Context, payload: SbomChange) -> Done:
    await remove_sbom(resource=payload.resource, actor=context.viewer.id)
    return Done(resource_url(payload.resource), _("The SBOM was removed."))


ATTACHMENT = Act(
    "resource-sbom-attachment",
    SbomChange,
    _state_attachment,
    _attach,
    {"withdrawn": WITHDRAWN},
    MAY,
)
REMOVAL = Act("resource-sbom-removal", SbomChange, _state_removal, _remove, may=MAY)
