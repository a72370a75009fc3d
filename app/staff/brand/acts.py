"""What administrators confirm about the vendor's brand."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.brand import services
from app.brand.logo_rules import read_logo
from app.brand.queries import SeenBrand
from app.brand.refusal_rules import LogoRefused, Why
from app.brand.values import BrandValues
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Statement
from app.database import Gone
from app.staff.access import requires
from app.staff.rules import Permission
from app.web.i18n import N_, file_size
from app.web.i18n import gettext as _
from app.web.values import facts

BRAND_URL = "/staff/brand"
LOGO_URL = f"{BRAND_URL}/logo"
KINDS = {"image/svg+xml": "SVG", "image/png": "PNG"}


class BrandEntry(Entry[BrandValues], frozen=True):
    """How the vendor appears."""

    brand: UUID


class OfLogo(Payload, frozen=True):
    """An act about the logo; the file comes as the confirmation's upload."""

    brand: UUID
    revision: int


async def provide_brand() -> SeenBrand:
    """Return the stored brand.

    This process shows it at once, so that the person returning from 決定 sees what they confirmed.

    Raises:
        NotFoundException: its row is not there.
    """
    try:
        return await services.read_brand()
    except Gone:
        raise NotFoundException from None


def _notes() -> list[str]:
    return [_("Everyone sees it within seconds, on every page and in every new email.")]


async def _state_brand(_context: Context, payload: BrandEntry) -> Statement:
    return Statement(
        heading=_("Change how the portal appears?"),
        facts=facts(payload.values),
        back=BRAND_URL,
        notes=_notes(),
        whole_page=True,
    )


async def _change_brand(context: Context, payload: BrandEntry) -> Done:
    await services.change_brand(
        payload.brand, values=payload.values, revision=payload.revision, actor=context.viewer.id
    )
    return Done(BRAND_URL, _("The brand was changed."))


async def _state_logo(context: Context, _payload: OfLogo) -> Statement:
    logo = read_logo(context.upload or b"")
    return Statement(
        heading=_("Show this logo?"),
        facts=[
            (_("File type"), KINDS[logo.media_type]),
            (_("Size"), file_size(len(logo.content))),
            (_("Proportions"), f"{logo.width} × {logo.height}"),
        ],
        back=LOGO_URL,
        notes=_notes(),
        whole_page=True,
    )


async def _change_logo(context: Context, payload: OfLogo) -> Done:
    logo = read_logo(context.upload or b"")
    await services.change_logo(
        payload.brand, logo=logo, revision=payload.revision, actor=context.viewer.id
    )
    return Done(LOGO_URL, _("The logo was changed."))


async def _state_removal(_context: Context, _payload: OfLogo) -> Statement:
    return Statement(
        heading=_("Remove the logo?"),
        facts=[],
        back=LOGO_URL,
        notes=[_("Pages and emails show the portal name in its place.")],
        whole_page=True,
    )


async def _remove_logo(context: Context, payload: OfLogo) -> Done:
    await services.change_logo(
        payload.brand, logo=None, revision=payload.revision, actor=context.viewer.id
    )
    return Done(LOGO_URL, _("The logo was removed."))


WORDS = {
    Why.NO_PICTURE: N_("The file is no SVG or PNG, or it is damaged. Choose another one."),
    Why.TOO_LARGE: N_(
        "The logo is too large. Choose a file of at most 20 kB and 2,000 pixels a side."
    ),
    Why.NOT_ALLOWED: N_(
        "The SVG contains %(what)s, which is not allowed. Save it as a plain SVG of shapes and"
        " paths, without styles, text, images, scripts or links."
    ),
    Why.TOO_INTRICATE: N_("The SVG has too many parts. Simplify the drawing."),
    Why.NO_SIZE: N_("The SVG does not give its size. Save it with a viewBox."),
}


def logo_problem(refused: LogoRefused) -> str:
    """Return why a logo is refused, in the reader's language."""
    return _(WORDS[refused.why], what=refused.what)


CHANGE = requires(Permission.BRAND_CHANGE)
BRAND = Act("brand", BrandEntry, _state_brand, _change_brand, may=CHANGE)
REFUSALS = {"logo-refused": Refusal("logo", WORDS[Why.NO_PICTURE], LogoRefused)}
LOGO = Act("logo", OfLogo, _state_logo, _change_logo, REFUSALS, may=CHANGE)
REMOVAL = Act("logo-removal", OfLogo, _state_removal, _remove_logo, may=CHANGE)
