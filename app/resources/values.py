"""What the staff enter about a file."""

from typing import Annotated
from uuid import UUID

from app.web.choice_kinds import Things
from app.web.i18n import N_
from app.web.kinds import Line, Tick
from app.web.values import Values

LONGEST_VERSION = 40
Products = Annotated[
    list[UUID],
    Things(label=N_("Products"), missing=N_("Select at least one product from the list.")),
]
SecurityFix = Annotated[bool, Tick(label=N_("Security fix"))]


class ResourceValues(Values, frozen=True):
    """What an uploaded file is published as, and for which products.

    Rules: the file: any type, at most 20 GiB, its name cleaned to at most 200 characters
    """

    version: Annotated[str, Line(label=N_("Version"), maximum=LONGEST_VERSION)]
    products: Products
    security_fix: SecurityFix = False


class ProductsValues(Values, frozen=True):
    """Which products a published file belongs to, and whether it is a security fix."""

    products: Products
    security_fix: SecurityFix = False


class WithdrawalValues(Values, frozen=True):
    """What becomes of a file that is withdrawn."""

    keep_file: Annotated[bool, Tick(label=N_("Keep the file in storage"))]
