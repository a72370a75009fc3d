"""What owners and administrators enter about a webhook."""

from typing import Annotated

from app.web.choice_kinds import Option, Several
from app.web.i18n import N_
from app.web.kinds import Line
from app.web.values import Values
from app.webhooks.address_rules import LONGEST_URL
from app.webhooks.rules import Preset


class EndpointFacts(Values, frozen=True):
    """What can be changed of a webhook.

    Rules: a name once among those in use of a contract; https, of an address that the internet
    reaches or the operator allows
    """

    name: Annotated[
        str,
        Line(
            label=N_("Webhook name"),
            maximum=100,
            hint=N_("Name the system or channel that receives the events."),
        ),
    ]
    url: Annotated[
        str,
        Line(
            label=N_("Address (URL)"),
            maximum=LONGEST_URL,
            hint=N_("Starts with https://. Anyone who knows a channel's address can post to it."),
            wide=True,
        ),
    ]
    event_types: Annotated[
        list[str],
        Several(label=N_("Events"), missing=N_("Select the events to send.")),
    ]


class EndpointValues(EndpointFacts, frozen=True):
    """A new webhook.

    Rules: as for a change
    """

    preset: Annotated[Preset, Option(label=N_("Receiver"), of=Preset)]
