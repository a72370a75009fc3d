"""What a person with an account confirms when they join by a link."""

from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Payload, Refused, Statement, Steps
from app.encryption import CannotOpen, decrypt, encrypt, read_secret
from app.people import joining_services as services
from app.people import queries
from app.people.acts import role_name
from app.people.joining_services import LinkClosed, MemberAlready
from app.people.queries import Link
from app.people.rules import Arrival
from app.settings import Settings
from app.web.i18n import gettext as _
from app.web.i18n import pgettext

PURPOSE = b"joining"


def link_url(token: str) -> str:
    """Return the path of a mailed link."""
    return f"/join/{token}"


class Joining(Payload, frozen=True):
    """The link, in a sealed box, since its token must be nowhere in clear.

    It is empty if the person registered first: what they confirmed is done already.
    """

    link: bytes = b""


def encrypt_link(settings: Settings, token: str) -> Joining:
    """Return what is kept of a link until 決定."""
    return Joining(encrypt(read_secret(settings.secret_file), PURPOSE, token.encode()))


async def _find(context: Context, payload: Joining) -> tuple[str, Link]:
    try:
        token = decrypt(read_secret(context.settings.secret_file), PURPOSE, payload.link).decode()
    except CannotOpen:
        raise NotFoundException from None
    link = await queries.find_link(token, context.viewer)
    if link is None:
        raise NotFoundException
    return token, link


async def _state(context: Context, payload: Joining) -> Statement:
    token, link = await _find(context, payload)
    account = f"{context.viewer.name} ({context.viewer.code})"
    return Statement(
        heading=_("Join this contract?"),
        facts=[*contract_facts(link), (_("Your account"), account)],
        back=link_url(token),
        steps=joining_steps(link, 2, link_url(token)),
    )


async def _join(context: Context, payload: Joining) -> Done:
    token, link = await _find(context, payload)
    if link.arrival not in {Arrival.JOIN, Arrival.OTHER_ACCOUNT}:
        raise Refused("closed", page=link_url(token))
    try:
        await services.join(link, context.viewer)
    except (LinkClosed, MemberAlready):
        raise Refused("closed", page=link_url(token)) from None
    return joined(link)


def joining_steps(link: Link, current: int, url: str = "") -> Steps:
    """Return the flow that makes a person a member, as its pages show it.

    Args:
        link: people without an account register first; others look at the invitation.
        current: the step of the page.
        url: path of the first step, where it can be visited.
    """
    registers = link.arrival is Arrival.REGISTER
    first = pgettext("step", "Register") if registers else pgettext("step", "Invitation")
    places = [(first, url), (pgettext("step", "Confirm"), ""), (pgettext("step", "Joined"), "")]
    return Steps(places, current)


def contract_facts(link: Link) -> list[tuple[str, str]]:
    """Return what a link leads to."""
    return [
        (_("Contract"), f"{link.contract_name} ({link.contract_number})"),
        (_("Company"), link.company),
        (_("Role"), role_name(link.role)),
    ]


def joined(link: Link) -> Done:
    """Return the next page of a person who has joined."""
    return Done(
        f"/contracts/{link.contract_number}",
        _("You are now a member of the contract %(name)s.", name=link.contract_name),
    )


JOINING = Act("joining", Joining, _state, _join)
