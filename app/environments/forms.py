"""The form of an environment's allocations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.environments.queries import OfferedProduct
from app.environments.rules import MOST_PER_ENVIRONMENT, Share
from app.products.rules import product_name
from app.web.forms import Fields, plain_whole, read_id, read_number
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.requests import FormData


def quantity_field(entitlement: UUID) -> str:
    """Name of an entitlement's number field."""
    return f"q-{entitlement}"


def seen_field(entitlement: UUID) -> str:
    """Name of the hidden field that says what was allocated when the form was made."""
    return f"seen-{entitlement}"


@dataclass(frozen=True)
class AllocationForm:
    """A number per contracted product.

    Attributes:
        quantities: asked for.
        seen: allocated to the environment when the form was made.
        others: other products that the person added to the form.
        filled: the product whose number 最大 was pressed at, with what is available of it.

    Takes: for each product number, 0 to 1,000,000,000, empty is 0; seen: hidden number
    Rules: Σ max(allocated, held) ≤ the contracted quantity, by trigger too; the product
      usable now; nothing changed since `seen`
    """

    quantities: dict[UUID, int]
    seen: dict[UUID, int]
    others: list[UUID]
    typed: Mapping[UUID, str]
    errors: dict[str, str]
    filled: UUID | None

    @classmethod
    def read(cls, data: FormData, offered: Sequence[OfferedProduct]) -> "AllocationForm":
        """Read what was sent for the products that can be allocated."""
        fields = Fields(data)
        quantities, seen, typed = {}, {}, {}
        others, filled = chosen_others(data, offered), read_id(data.get("fill"))
        for product in offered:
            id = product.share.entitlement
            name = quantity_field(id)
            if name not in data.fields:
                continue
            typed[id] = number(product.share.available) if id == filled else data.get(name)
            quantities[id] = fields.whole_number(
                name, product_name(product), minimum=0, maximum=MOST_PER_ENVIRONMENT, empty=0
            )
            if is_added(product, others) and not quantities[id] and name not in fields.errors:
                fields.errors[name] = _(
                    "%(product)s: enter how many to allocate, 1 or more.",
                    product=product_name(product),
                )
            was = read_number(data.get(seen_field(id)))
            seen[id] = product.share.here if was is None else was
        return cls(
            quantities=quantities,
            seen=seen,
            others=others,
            typed=typed,
            errors=fields.errors,
            filled=filled if filled in typed else None,
        )


def remaining(share: Share, typed: str | None) -> int:
    """What would be free with a number in the form; with what is allocated where there is none."""
    count = share.here if typed is None else read_number(plain_whole(typed)) or 0
    return share.available - max(count, share.held)


def is_added(product: OfferedProduct, others: Collection[UUID]) -> bool:
    """Whether a row was just added to the form: it is empty, and has to be filled in."""
    share = product.share
    return product.other and share.entitlement in others and not share.here and not share.held


def chosen_others(data: FormData, offered: Sequence[OfferedProduct]) -> list[UUID]:
    """The other products named in a sent form or in an address."""
    wanted = set(data.all("other"))
    return [p.share.entitlement for p in offered if p.other and str(p.share.entitlement) in wanted]
