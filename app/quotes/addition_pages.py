"""追加のご購入: one more line of the draft."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.contracts.rules import SeenContract
from app.products.rules import product_name, unit_name
from app.quotes import draft_services
from app.quotes.access import provide_quotable_contract
from app.quotes.draft_queries import find_builder
from app.quotes.draft_services import AlreadyAdded, TooManyAdditions
from app.quotes.values import AdditionValues
from app.web.i18n import N_, language
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page
from app.web.values import Choices, Form, read_values

MESSAGES: dict[type[Exception], str] = {
    AlreadyAdded: N_("This product has already been added. Remove that line first."),
    TooManyAdditions: N_("You cannot add more products to this request. Enter them in the note."),
}


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
        form = Form.of(AdditionValues, None, 0, await _choices(contract))
        return _page(request, contract, form)

    @post()
    async def add(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """追加: back to the form, which has one line more."""
        form = read_values(AdditionValues, await read_form(request), await _choices(contract))
        product, quantity = form.values.product, form.values.quantity
        if form.errors or product is None:
            return _page(request, contract, form)
        try:
            await draft_services.add_addition(
                contract=contract.id, product=product, quantity=quantity, actor=viewer.id
            )
        except (AlreadyAdded, TooManyAdditions) as refused:
            form.errors["product"] = _(MESSAGES[type(refused)])
            return _page(request, contract, form)
        return see_other(f"{contract.url}/quote-requests/new")


async def _choices(contract: SeenContract) -> Choices:
    """Return the products of the catalogue, each with its unit."""
    space = " " if language.get() == "en" else ""
    catalogue = (await find_builder(contract)).catalogue
    return {
        "product": {
            str(id): f"{product_name(product)}{space}"
            + _("(%(unit)s)", unit=unit_name(product.unit))
            for id, product in catalogue.items()
        }
    }


def _page(request: PageRequest, contract: SeenContract, form: Form) -> Response[str]:
    return page(
        request,
        "quotes/addition.html",
        status=422 if form.errors else 200,
        contract=contract,
        form=form,
    )
