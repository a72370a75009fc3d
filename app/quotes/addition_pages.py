"""追加のご購入: one more line of the draft."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts.rules import SeenContract
from app.quotes import draft_services
from app.quotes.access import provide_quotable_contract
from app.quotes.draft_queries import Builder, find_builder
from app.quotes.draft_services import AlreadyAdded, TooManyAdditions
from app.quotes.forms import AdditionForm
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page


class QuoteAdditions(Controller):
    """追加のご購入: one more line."""

    path = "/contracts/{number:str}/quote-requests/new/addition"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_quotable_contract)}

    @get()
    async def show(
        self, request: PageRequest, contract: NamedDependency[SeenContract]
    ) -> Response[str]:
        """Product and quantity."""
        builder = await find_builder(contract)
        return _addition_page(request, contract, builder, {"product": "", "quantity": ""}, {})

    @post()
    async def add(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """追加: back to the form, which has one line more."""
        builder = await find_builder(contract)
        form = AdditionForm.read(await read_form(request), builder.catalogue.values())
        if form.errors or form.product is None:
            return _addition_page(request, contract, builder, form.typed, form.errors)
        try:
            await draft_services.add_addition(
                contract=contract.id,
                product=form.product,
                quantity=form.quantity,
                actor=viewer.id,
            )
        except AlreadyAdded:
            message = _("This product is among the additions already. Remove that line first.")
            return _addition_page(request, contract, builder, form.typed, {"product": message})
        except TooManyAdditions:
            message = _("A request takes no more additions. Write further ones into the note.")
            return _addition_page(request, contract, builder, form.typed, {"product": message})
        return see_other(f"{contract.url}/quote-requests/new")


def _addition_page(
    request: PageRequest,
    contract: SeenContract,
    builder: Builder,
    typed: Mapping[str, str],
    errors: dict[str, str],
) -> Response[str]:
    return page(
        request,
        "quotes/addition.html",
        status=422 if errors else 200,
        contract=contract,
        catalogue=builder.catalogue.values(),
        typed=typed,
        errors=errors,
    )
