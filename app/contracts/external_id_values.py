"""What other systems call a thing of the portal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from app.web.forms import Fields
from app.web.i18n import N_
from app.web.kinds import Kind

LONGEST_EXTERNAL_ID = 100


@dataclass(frozen=True, kw_only=True)
class ExternalIdentifier(Kind):
    """An id of another system: NFKC, without outer space; None without one."""

    required: bool = False

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str | None:
        """Read an id, as codes are read."""
        if not fields.data.get(name).strip():
            return None
        return fields.code(name, self.name, maximum=LONGEST_EXTERNAL_ID)

    def rule(self) -> str:
        """Name the kind and its bound."""
        return f"code of up to {LONGEST_EXTERNAL_ID}"


ExternalId = Annotated[
    str | None,
    ExternalIdentifier(
        label=N_("External ID"),
        hint=N_("What your CRM or ERP calls it. Calls of the API find it by this ID."),
    ),
]
