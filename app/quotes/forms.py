"""The form that asks for a quote: its fields follow from what is contracted."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from litestar.datastructures import MultiDict

from app.products.rules import product_name
from app.quotes.draft_queries import Builder, ContractedProduct
from app.quotes.draft_rules import NOTE, choice_of, choice_value
from app.quotes.rules import CHOICES, LARGEST_QUANTITY, LONGEST_NOTE, Wish
from app.quotes.wording import wish_name
from app.web.forms import SHORT_TEXT, Fields, plain_whole, read_id
from app.web.i18n import gettext as _
from app.web.requests import FormData

SAVE, ADD, REMOVE = "save", "add", "remove-"


def wish_field(entitlement: UUID) -> str:
    """Return the name of a product's choice field."""
    return f"wish-{entitlement}"


def quantity_field(entitlement: UUID) -> str:
    """Return the name of a product's number field."""
    return f"q-{entitlement}"


@dataclass(frozen=True)
class BuilderForm:
    """The draft as one person sent it.

    Takes: for each product: choice of renew, change, end, and number from 1 to 1,000,000,000;
    note: lines of up to 2,000, may be empty.

    Rules: a number exactly where “change” is chosen, another than now; one just typed where
    “renew” is chosen means a change; nothing changed since it was seen.

    Attributes:
        step: SAVE, ADD, REMOVE with a line's id, or anything else to ask for the quote.
        own: values as sent, by entitlement id and NOTE; see `choice_value`.
        seen: the same values as they were kept when the form was made.
        seen_additions: the lines of additions that the person saw.
        errors: what cannot be kept even as a draft.
    """

    step: str
    own: dict[str, str]
    seen: dict[str, str]
    seen_additions: list[UUID]
    errors: dict[str, str]

    @property
    def removed(self) -> UUID | None:
        """Return the line of an addition to be taken out."""
        return read_id(self.step.removeprefix(REMOVE)) if self.step.startswith(REMOVE) else None

    @classmethod
    def read(cls, data: FormData, builder: Builder) -> "BuilderForm":
        """Read what was sent."""
        fields = Fields(data)
        own, seen = {}, {}
        for product in builder.products:
            id, wish = str(product.id), wish_field(product.id)
            if wish not in data.fields:
                continue
            chosen = fields.choice(wish, _contents(product), CHOICES)
            typed = fields.text(
                quantity_field(product.id), _count(product), maximum=SHORT_TEXT, required=False
            )
            seen[id] = data.get(f"seen-{product.id}")
            if wish not in fields.errors:
                own[id] = _own_value(product, chosen, typed, seen[id])
        if NOTE in data.fields:
            own[NOTE] = fields.lines(NOTE, _("Note"), maximum=LONGEST_NOTE, required=False)
            seen[NOTE] = data.get("seen-note").replace("\r\n", "\n")
        additions = [line for text in data.all("addition") if (line := read_id(text)) is not None]
        return cls(data.get("step"), own, seen, additions, fields.errors)


def _own_value(product: ContractedProduct, chosen: str, typed: str, seen: str) -> str:
    """Return a choice and number as they are kept; a number typed just now means a change.

    A number that was saved before the person chose to renew is an error.
    """
    kept = seen.partition(":")[2]
    if plain_whole(typed) == plain_whole(kept):
        # The form shows it with thousands separators; that is no change by the person.
        return choice_value(chosen, kept[:SHORT_TEXT])
    if chosen == Wish.RENEW and typed and plain_whole(typed) != str(product.quantity):
        chosen = Wish.CHANGE
    return choice_value(chosen, typed[:SHORT_TEXT])


def _contents(product: ContractedProduct) -> str:
    return f"{product_name(product)} {_('Renewal option')}"


def _count(product: ContractedProduct) -> str:
    return f"{product_name(product)} {_('Quantity')}"


def check_values(
    builder: Builder, values: Mapping[str, str]
) -> tuple[dict[UUID, int], dict[str, str]]:
    """Return the new counts of products that change, and the errors by field."""
    quantities: dict[UUID, int] = {}
    errors: dict[str, str] = {}
    for product in builder.products:
        wish, typed = choice_of(values[str(product.id)])
        name = quantity_field(product.id)
        fields = Fields(FormData(MultiDict([(name, typed)])))
        if wish is Wish.CHANGE or typed:
            wanted = fields.whole_number(name, _count(product), minimum=1, maximum=LARGEST_QUANTITY)
            if not fields.errors and wish is Wish.CHANGE:
                quantities[product.id] = wanted
            errors |= fields.errors or _mismatch(product, name, wish, wanted)
    return quantities, errors


def _mismatch(product: ContractedProduct, name: str, wish: Wish, wanted: int) -> dict[str, str]:
    """Return where the choice and the number say different things."""
    if wish is Wish.CHANGE and wanted == product.quantity:
        message = _(
            "%(product)s: this is the current quantity. Select “%(choice)s”, or enter a"
            " different number.",
            product=product_name(product),
            choice=wish_name(Wish.RENEW),
        )
        return {name: message}
    if wish is Wish.CHANGE or (wish is Wish.RENEW and wanted == product.quantity):
        return {}
    message = _(
        "%(product)s: you entered a number, but selected “%(chosen)s”. Select “%(choice)s”,"
        " or clear the number.",
        product=product_name(product),
        chosen=wish_name(wish),
        choice=wish_name(Wish.CHANGE),
    )
    return {name: message}
