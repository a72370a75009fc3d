"""What owners enter about the people of a contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from app.accounts.values import LONGEST_NAME, UserCode
from app.contracts.rules import Role
from app.people.rules import MOST_AT_ONCE
from app.web.choice_kinds import Language, Option
from app.web.forms import Fields
from app.web.i18n import N_, number
from app.web.i18n import gettext as _
from app.web.kinds import Kind, Line, Tick
from app.web.mail_addresses import ReadAddresses, read_addresses
from app.web.values import Values


@dataclass(frozen=True, kw_only=True)
class Addresses(Kind):
    """Mail addresses, as people paste them; an address that comes twice counts once."""

    most: int
    maximum: int = 20_000
    control: ClassVar[str] = "textarea"

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> list[str]:
        """Read the addresses; quote what is none."""
        read = read_addresses(fields.lines(name, self.name, maximum=self.maximum))
        if name not in fields.errors and (problem := self._problem(read)):
            fields.errors[name] = problem
        return read.addresses

    def _problem(self, read: ReadAddresses) -> str:
        given = len(read.addresses) + len(read.unclear)
        if not given:
            return _("Enter %(label)s.", label=self.name)
        if given > self.most:
            return _(
                "You can invite at most %(most)s addresses at once. You entered %(given)s.",
                most=number(self.most),
                given=number(given),
            )
        return " ".join(
            _("“%(address)s” is not a valid email address.", address=text[:80])
            for text in read.unclear
        )

    def show(self, value: Any) -> str:
        """Show one in each line."""
        return "\n".join(value or [])

    def tell(self, value: Any, offered: Mapping[str, str]) -> str:
        """Return them in one line."""
        return ", ".join(value)

    def rule(self) -> str:
        """Name the kind and its bounds."""
        return f"1 to {self.most} addresses, in lines of up to {self.maximum:,}"


class RegistrationValues(Values, frozen=True):
    """A new person's account; the password is no value of it.

    Rules: the newest terms of use
    """

    name: Annotated[str, Line(label=N_("User name"), maximum=LONGEST_NAME, autocomplete="name")]
    code: Annotated[
        str,
        UserCode(
            label=N_("User code"),
            autocomplete="username",
            hint=N_(
                "You sign in with the user code. It has 3 to 40 letters, digits, dots, hyphens or"
                " underscores."
            ),
        ),
    ]


class InvitationValues(Values, frozen=True):
    """Whom to invite, and the language of the mails.

    Rules: no member's or invited address; at most 200 open invitations of a contract
    """

    emails: Annotated[
        list[str],
        Addresses(
            label=N_("Email address"),
            most=MOST_AT_ONCE,
            hint=N_(
                "To enter several addresses, put each on its own line or separate them with commas."
            ),
        ),
    ]
    language: Annotated[str, Language(label=N_("Language"))]


class MembershipValues(Values, frozen=True):
    """A person's role, and whether they get notices.

    Rules: a running contract keeps an owner; no change of another person is lost
    """

    role: Annotated[Role, Option(label=N_("Role"), of=Role)]
    notification: Annotated[bool, Tick(label=N_("Receive notices"))]
