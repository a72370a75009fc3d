"""What the staff enter to help with activations."""

from app.contracts.contract_values import Note
from app.web.values import Values


class ReasonValues(Values, frozen=True):
    """Why an environment is helped.

    Rules: no conflict with another person's help
    """

    reason: Note
