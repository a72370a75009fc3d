"""License keys: the list, a batch and its file, one key and its revocation."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import recently_proved
from app.accounts.rules import Viewer
from app.confirmations.form_pages import NEW
from app.confirmations.services import propose
from app.products.license_key_admin_services import export_batch
from app.products.rules import product_name
from app.spreadsheets.csv_lines import BOM, csv_line
from app.staff.access import permitted
from app.staff.catalogue.acts import offered_products
from app.staff.catalogue.queries import list_catalogue
from app.staff.license_keys import acts, queries
from app.staff.license_keys.queries import Batch
from app.staff.license_keys.selection_acts import REVOCATIONS, OfKeys
from app.staff.license_keys.values import IssueValues
from app.staff.rules import Permission, permits
from app.staff.selection_forms import selected
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.web.downloads import file_answer
from app.web.i18n import gettext as _
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other
from app.web.values import Choices, SentForm

SEE = [permitted(Permission.CONSOLE_SEE)]
ISSUE = [permitted(Permission.LICENSE_KEYS_ISSUE)]
EXPORT = [permitted(Permission.LICENSE_KEYS_EXPORT), recently_proved]


@get(acts.KEYS_URL, guards=SEE)
async def list_keys(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """ライセンスキー: by their characters and by what became of them."""
    errors = await draft_errors(request, viewer, lambda _: True, REVOCATIONS)
    return await _list(request, errors)


async def _list(request: PageRequest, errors: dict[str, str]) -> Response[str]:
    products = {each.code: product_name(each) for each in await list_catalogue()}
    wanted = queries.read_wanted(acts.KEYS_URL, query_form(request))
    listed = await list_rows(queries.KEYS, wanted, queries.of_product(wanted))
    return staff_page(
        request, "staff/license_keys.html", listed=listed, products=products, errors=errors
    )


@post(f"{acts.KEYS_URL}/revocation", guards=ISSUE)
async def propose_revocations(
    request: PageRequest, viewer: NamedDependency[Viewer]
) -> Response[Any]:
    """失効 of the selected ones: on to the confirm step."""
    keys = selected(await read_form(request), "keys")
    known = await queries.list_keys(keys)
    if not known:
        return await _list(request, {"form": _("Select at least one license key.")})
    if len(known) < len(keys) or not all(key.revocable for key in known):
        return await _list(request, {"form": REVOCATIONS.refusal("settled").text()})
    return see_other(await propose(viewer, REVOCATIONS, OfKeys(keys)))


class KeyIssue(StaffForms[None, IssueValues, acts.Issue]):
    """A new batch of license keys."""

    path = f"{acts.KEYS_URL}/new"
    guards = ISSUE
    dependencies = NEW
    act = acts.ISSUE
    values = IssueValues
    template = "staff/license_key_issue.html"

    async def choices(self, subject: None) -> Choices:
        """Offer the catalogue."""
        return {"product": await offered_products()}

    def entry(self, subject: None, values: IssueValues, revision: int) -> acts.Issue:
        """Propose a batch."""
        return acts.Issue(values=values)

    async def check(self, subject: None, form: SentForm[IssueValues]) -> None:
        """Report at once that there is no such contract."""
        contract = form.values.contract
        if contract and await queries.find_contract_id(contract) is None:
            self.refuse(form, "contract-gone")


class Keys(Controller):
    """One license key."""

    path = f"{acts.KEYS_URL}/{{id:uuid}}"

    @get(guards=SEE)
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[str]:
        """What it is for, and what became of it."""
        key = await queries.find_key(id)
        if key is None:
            raise NotFoundException
        errors = await draft_errors(
            request, viewer, lambda payload: payload.key == id, acts.REVOCATION
        )
        return staff_page(request, "staff/license_key.html", key=key, errors=errors)

    @post("/revocation", guards=ISSUE)
    async def propose_revocation(
        self, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """失効: on to the confirm step."""
        await acts.find_revocable(id)
        return see_other(await propose(viewer, acts.REVOCATION, acts.OfKey(id)))


class Batches(Controller):
    """License keys that were issued together, and the file with them."""

    path = f"{acts.KEYS_URL}/batches/{{batch_id:uuid}}"

    @get(guards=SEE)
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], batch_id: FromPath[UUID]
    ) -> Response[str]:
        """What was issued, and who took it away."""
        batch = await _find(batch_id)
        return staff_page(
            request,
            "staff/license_key_batch.html",
            batch=batch,
            exportable=permits(viewer, Permission.LICENSE_KEYS_EXPORT)
            and (batch.exported_at is None or _again(viewer)),
        )

    @post("/export", guards=EXPORT)
    async def export(
        self, viewer: NamedDependency[Viewer], batch_id: FromPath[UUID]
    ) -> Response[str]:
        """CSVでダウンロード: once; again for administrators."""
        batch = await _find(batch_id)
        codes = await export_batch(batch_id, again=_again(viewer), actor=viewer.id)
        if codes is None:
            raise NotFoundException
        fixed = [batch.product, str(batch.quantity), str(batch.starts_on), str(batch.ends_on)]
        head = [_("License key"), _("Product"), _("Quantity"), _("First day"), _("Last usable day")]
        content = BOM + csv_line(head) + "".join(csv_line([code, *fixed]) for code in codes)
        return file_answer(f"license-keys-{batch_id}.csv", content, "text/csv")


def _again(viewer: Viewer) -> bool:
    return permits(viewer, Permission.LICENSE_KEYS_EXPORT_AGAIN)


async def _find(id: UUID) -> Batch:
    batch = await queries.find_batch(id)
    if batch is None:
        raise NotFoundException
    return batch
