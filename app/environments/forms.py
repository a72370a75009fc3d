"""The forms of environments and allocations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.environments.queries import OfferedProduct
from app.environments.rules import LARGEST_SORT_KEY, MOST_PER_ENVIRONMENT
from app.products.rules import product_name
from app.web.forms import Fields, read_number
from app.web.i18n import gettext as _
from app.web.requests import FormData

LONGEST_NAME = 100


@dataclass(frozen=True)
class EnvironmentForm:
    """Name, sort key and, where there are any, the group company."""

    name: str
    sort_key: int
    group_company: str
    version: int
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, group_companies: Sequence[UUID]) -> "EnvironmentForm":
        """Read what was sent.

        Args:
            group_companies: ids of those that can be chosen.
        """
        fields = Fields(data)
        name = fields.text("name", _("Environment name"), maximum=LONGEST_NAME)
        sort_key = fields.whole_number(
            "sort_key", _("Sort key"), minimum=0, maximum=LARGEST_SORT_KEY
        )
        offered = {"", *(str(id) for id in group_companies)}
        group_company = fields.choice("group_company", _("Group company"), offered)
        return cls(
            name=name,
            sort_key=sort_key,
            group_company=group_company,
            version=read_number(data.get("version")) or 0,
            typed={key: data.get(key) for key in ("name", "sort_key", "group_company", "version")},
            errors=fields.errors,
        )


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
    """

    quantities: dict[UUID, int]
    seen: dict[UUID, int]
    others: list[UUID]
    typed: Mapping[UUID, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, offered: Sequence[OfferedProduct]) -> "AllocationForm":
        """Read what was sent for the products that can be allocated."""
        fields = Fields(data)
        quantities, seen, typed = {}, {}, {}
        others = chosen_others(data, offered)
        for product in offered:
            id = product.share.entitlement
            name = quantity_field(id)
            if name not in data.fields:
                continue
            typed[id] = data.get(name)
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
        )


def is_added(product: OfferedProduct, others: Collection[UUID]) -> bool:
    """Whether a row was just added to the form: it is empty, and has to be filled in."""
    share = product.share
    return product.other and share.entitlement in others and not share.here and not share.held


def chosen_others(data: FormData, offered: Sequence[OfferedProduct]) -> list[UUID]:
    """The other products named in a sent form or in an address."""
    wanted = set(data.all("other"))
    return [p.share.entitlement for p in offered if p.other and str(p.share.entitlement) in wanted]
