"""見積依頼: the form, whose every button keeps the draft"""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_owned_contract
from app.contracts.rules import SeenContract
from app.database import Changed
from app.quotes import draft_services, wording
from app.quotes.access import provide_quotable_contract
from app.quotes.acts import REQUEST, DraftRequest
from app.quotes.conflict_forms import refusal_messages, unseen_messages
from app.quotes.draft_queries import Builder, find_builder
from app.quotes.draft_rules import NOTE, DraftContent, choice_of, merge
from app.quotes.draft_services import LockedDraft
from app.quotes.forms import (
    ADD,
    SAVE,
    BuilderForm,
    check_values,
    quantity_field,
    wish_field,
)
from app.quotes.queries import reference_of
from app.quotes.rules import CHOICES, asks_for_something, may_request
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other
from app.web.templates import page


class QuoteDrafts(Controller):
    """The draft that a contract's owners share, as a form."""

    path = "/contracts/{number:str}/quote-requests/new"
    guards = [signed_in]

    @get(dependencies={"contract": Provide(provide_owned_contract)})
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """The kept draft; after a refused 決定 with what the other owner changed."""
        if not may_request(contract):
            return see_other(f"{contract.url}/quote-requests")
        builder = await find_builder(contract)
        sent = await find_draft(viewer, query_form(request).get("draft"), REQUEST)
        errors: dict[str, str] = {}
        if sent is not None and sent.problem is not None:
            errors = await _refusal(contract, builder, sent.payload)
        return _page(request, contract, builder, builder.values(), errors)

    @post(dependencies={"contract": Provide(provide_quotable_contract)})
    async def send(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """Each button keeps what was typed; 見積依頼 leads on to the confirm step."""
        builder = await find_builder(contract)
        form = BuilderForm.read(await read_form(request), builder)
        url = f"{contract.url}/quote-requests/new"
        if form.errors:
            return _page(request, contract, builder, builder.values() | form.own, form.errors)
        try:
            draft = await _save(viewer, contract, builder, form)
        except Changed:
            return await _changed(request, contract, form)
        if form.step == SAVE or form.removed:
            return see_other(url)
        if form.step == ADD:
            return see_other(f"{url}/addition")
        return await _ask(request, viewer, contract, draft)


async def _save(
    viewer: Viewer, contract: SeenContract, builder: Builder, form: BuilderForm
) -> LockedDraft:
    drafting = form.step in {SAVE, ADD} or form.removed is not None
    draft = await draft_services.save_draft(
        contract=contract.id,
        first=builder.values(DraftContent()),
        seen=form.seen,
        own=form.own,
        seen_additions=None if drafting else form.seen_additions,
        actor=viewer.id,
    )
    if form.removed is not None:
        await draft_services.remove_addition(
            contract=contract.id, addition=form.removed, actor=viewer.id
        )
    return draft


async def _ask(
    request: PageRequest, viewer: Viewer, contract: SeenContract, draft: LockedDraft
) -> Response[Any]:
    builder = await find_builder(contract)
    values = builder.values(draft.content)
    quantities, errors = check_values(builder, values)
    if not errors and not asks_for_something(builder.lines(draft.content, quantities)):
        errors["form"] = _(
            "The request is empty. Select a product to renew or change, or add one. To end"
            " the contract, talk to your sales contact."
        )
    if errors:
        return _page(request, contract, builder, values, errors)
    content = DraftContent(values, draft.content.additions)
    payload = DraftRequest(contract.number, draft.id, draft.revision, content, quantities)
    return see_other(await propose(viewer, REQUEST, payload))


async def _changed(
    request: PageRequest, contract: SeenContract, form: BuilderForm
) -> Response[str]:
    """Answer with the form, what the person sent, and what another person has changed."""
    builder = await find_builder(contract)
    merged = merge(form.seen, form.own, builder.values())
    errors = unseen_messages(builder, form, merged)
    return _page(request, contract, builder, merged.values, errors)


async def _refusal(contract: SeenContract, builder: Builder, sent: DraftRequest) -> dict[str, str]:
    """Return why 決定 did nothing: the draft has been sent or changed."""
    if builder.draft is not None and builder.draft.id == sent.draft:
        return refusal_messages(builder, sent.content)
    reference = await reference_of(contract.id, sent.draft)
    message = _(
        "This draft has already been sent as quote request %(reference)s. The form below is a"
        " new draft.",
        reference=reference or "",
    )
    return {"form": message}


def _page(
    request: PageRequest,
    contract: SeenContract,
    builder: Builder,
    values: Mapping[str, str],
    errors: dict[str, str],
) -> Response[str]:
    return page(
        request,
        "quotes/builder.html",
        status=422 if errors and request.method == "POST" else 200,
        contract=contract,
        builder=builder,
        kept=builder.values(),
        chosen={product.id: choice_of(values[str(product.id)]) for product in builder.products},
        note=values[NOTE],
        errors=_in_order(builder, errors),
        choices=CHOICES,
        wish_field=wish_field,
        quantity_field=quantity_field,
        wish_name=wording.wish_name,
    )


def _in_order(builder: Builder, errors: Mapping[str, str]) -> dict[str, str]:
    """Return errors in the order of the form's fields, as the summary lists them."""
    names = [
        name
        for product in builder.products
        for name in (wish_field(product.id), quantity_field(product.id))
    ]
    return {name: errors[name] for name in [*names, "additions", NOTE, "form"] if name in errors}
