"""What the staff enter about a product of the catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from app.contracts.external_id_values import ExternalId
from app.web.choice_kinds import Choice
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.kinds import Code, Line
from app.web.values import Values

CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class ProductCode(Code):
    """A product's code, in capital letters."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a code of letters, digits and hyphens."""
        code = super().read(fields, name, offered).upper()
        if name not in fields.errors and not CODE.fullmatch(code):
            fields.errors[name] = _("Use only letters, digits and hyphens in the code.")
        return code

    def rule(self) -> str:
        """Name the kind and its signs."""
        return f"{super().rule()}: `A-Z0-9`, single hyphens"


class ProductValues(Values, frozen=True):
    """The facts of a product. `unit` is users, servers or cores.

    Rules: code and external ID once; code and unit stay once a contract has the product, by
    trigger too
    """

    code: Annotated[str, ProductCode(label=N_("Product code"), maximum=40)]
    name_ja: Annotated[str, Line(label=N_("Japanese name"), maximum=100)]
    name_en: Annotated[str, Line(label=N_("English name"), maximum=100)]
    unit: Annotated[str, Choice(label=N_("Unit"))]
    version: Annotated[str, Code(label=N_("Version"), maximum=40)]
    external_id: ExternalId = None
