"""The vendor's brand: names, colour and contact on one page, the logo on another."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.brand.logo_rules import LARGEST, read_logo
from app.brand.queries import SeenBrand
from app.brand.refusal_rules import LogoRefused
from app.brand.values import BrandValues
from app.confirmations.services import propose
from app.staff.access import permitted
from app.staff.brand import acts
from app.staff.rules import Permission, permits
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.web.forms import read_number
from app.web.i18n import gettext as _
from app.web.requests import FormData, PageRequest, read_form
from app.web.responses import see_other
from app.web.values import facts, from_attributes

SEE = [permitted(Permission.CONSOLE_SEE)]
CHANGE = [permitted(Permission.BRAND_CHANGE)]
# Read whole, so that a file that is too large gets a message beside its field.
MOST_READ = 5_000_000
BRAND = {"subject": Provide(acts.provide_brand)}


class BrandForm(StaffForms[SeenBrand, BrandValues, acts.BrandEntry]):
    """How the vendor appears, and the form for those who may change it."""

    path = acts.BRAND_URL
    guards = SEE
    dependencies = BRAND
    act = acts.BRAND
    values = BrandValues
    template = "staff/brand.html"

    def may_propose(self, viewer: Viewer) -> None:
        """Refuse those who may only see; the act asks for a recent proof later."""
        if not permits(viewer, Permission.BRAND_CHANGE):
            raise NotFoundException

    def entry(self, subject: SeenBrand, values: BrandValues, revision: int) -> acts.BrandEntry:
        """Propose a brand of these facts."""
        return acts.BrandEntry(subject.id, values=values, revision=revision)

    async def context(self, subject: SeenBrand) -> dict[str, Any]:
        """Give the page what is set, for those who only read."""
        return {"facts": facts(from_attributes(BrandValues, subject))}


class Logos(Controller):
    """The vendor's logo."""

    path = acts.LOGO_URL
    guards = CHANGE
    dependencies = BRAND

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenBrand],
    ) -> Response[str]:
        """The present logo, and the form for another one."""
        shown = acts.LOGO, acts.REMOVAL
        errors = await draft_errors(request, viewer, lambda p: p.brand == subject.id, *shown)
        return _logo(request, subject, errors)

    @post(request_max_body_size=None)
    async def propose_logo(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenBrand],
    ) -> Response[Any]:
        """アップロード: checked, and on to the confirm step."""
        data = await read_form(request, limit=MOST_READ)
        upload = data.uploads.get("logo")
        if upload is None or not upload.content:
            return _logo(request, subject, {"logo": _("Select a file.")})
        try:
            logo = read_logo(upload.content)
        except LogoRefused as refused:
            return _logo(request, subject, {"logo": acts.logo_problem(refused)})
        return see_other(await propose(viewer, acts.LOGO, _of(subject, data), logo.content))

    @post("/removal")
    async def propose_removal(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenBrand],
    ) -> Response[Any]:
        """解除: on to the confirm step, or back where there is no logo."""
        if subject.logo is None:
            return see_other(acts.LOGO_URL)
        payload = _of(subject, await read_form(request))
        return see_other(await propose(viewer, acts.REMOVAL, payload))


def _of(subject: SeenBrand, data: FormData) -> acts.OfLogo:
    return acts.OfLogo(subject.id, read_number(data.get("revision")) or 0)


def _logo(request: PageRequest, subject: SeenBrand, errors: dict[str, str]) -> Response[str]:
    return staff_page(
        request, "staff/brand_logo.html", subject=subject, largest=LARGEST, errors=errors
    )
