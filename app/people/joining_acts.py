"""What somebody with an account confirms when they join by a link."""

from base64 import b64decode, b64encode

from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.encryption import CannotOpen, decrypt, encrypt, read_secret
from app.people import joining_services as services
from app.people import queries
from app.people.acts import role_name
from app.people.joining_services import LinkClosed, MemberAlready
from app.people.queries import Link
from app.people.rules import Arrival
from app.settings import Settings
from app.web.i18n import gettext as _

PURPOSE = b"joining"


def link_url(token: str) -> str:
    """Path of a mailed link."""
    return f"/join/{token}"


def joining_payload(settings: Settings, token: str) -> Loose:
    """What is kept until 決定: the link, sealed, since its token must be nowhere in clear."""
    box = encrypt(read_secret(settings.secret_file), PURPOSE, token.encode())
    return {"link": b64encode(box).decode()}


async def _find(context: Context, payload: Loose) -> tuple[str, Link]:
    try:
        box = b64decode(payload["link"])
        token = decrypt(read_secret(context.settings.secret_file), PURPOSE, box).decode()
    except CannotOpen:
        raise NotFoundException from None
    link = await queries.find_link(token, context.viewer)
    if link is None:
        raise NotFoundException
    return token, link


async def _state(context: Context, payload: Loose) -> Statement:
    token, link = await _find(context, payload)
    account = f"{context.viewer.name} ({context.viewer.code})"
    return Statement(
        heading=_("Join this contract?"),
        facts=[*contract_facts(link), (_("Your account"), account)],
        back=link_url(token),
    )


async def _join(context: Context, payload: Loose) -> Done:
    token, link = await _find(context, payload)
    if link.arrival not in {Arrival.JOIN, Arrival.OTHER_ACCOUNT}:
        raise Refused(link.arrival.value, page=link_url(token))
    try:
        await services.join(link, context.viewer)
    except (LinkClosed, MemberAlready):
        raise Refused("closed", page=link_url(token)) from None
    return joined(link)


def contract_facts(link: Link) -> list[tuple[str, str]]:
    """What a link leads to."""
    return [
        (_("Contract"), f"{link.contract_name} ({link.contract_number})"),
        (_("Company"), link.company),
        (_("Role"), role_name(link.role)),
    ]


def joined(link: Link) -> Done:
    """Where somebody who has joined goes on."""
    return Done(
        f"/contracts/{link.contract_number}",
        _("You are a member of the contract %(name)s now.", name=link.contract_name),
    )


JOINING = Act("joining", Loose, _state, _join)
