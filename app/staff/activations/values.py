"""What the staff enter to help with activations."""

from app.contracts.contract_values import Note
from app.web.values import Values


class ReasonValues(Values, frozen=True):
    """Why an environment is helped.

    Rules: nobody else helped it meanwhile
    """

    reason: Note
