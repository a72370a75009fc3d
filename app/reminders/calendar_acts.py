"""What is confirmed about a person's calendar address."""

from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Payload, Statement
from app.reminders import calendar_services as services
from app.reminders.queries import find_feed
from app.web.i18n import gettext as _
from app.web.i18n import moment

CALENDAR_URL = "/profile/calendar"


def stops_with() -> str:
    """Return what ends a calendar address besides revoking it."""
    return _(
        "The address stops working when your password, email address or two-step log-in changes,"
        " or when your devices are signed out. Then make a new one."
    )


async def _state_creation(context: Context, _payload: Payload) -> Statement:
    feed = await find_feed(context.viewer.id)
    facts = [(_("User name"), context.viewer.name)]
    if feed is not None:
        facts.append((_("Created at"), moment(feed.created_at)))
    return Statement(
        heading=_("Make a new address?") if feed else _("Make a calendar address?"),
        facts=facts,
        back=CALENDAR_URL,
        notes=[
            _("The address is shown once. Whoever has it sees when your contracts end."),
            stops_with(),
        ],
        warning=_("Calendars that use the old address get nothing any more.") if feed else "",
    )


async def _state_revocation(context: Context, _payload: Payload) -> Statement:
    feed = await find_feed(context.viewer.id)
    if feed is None:
        raise NotFoundException
    return Statement(
        heading=_("Revoke the calendar address?"),
        facts=[(_("User name"), context.viewer.name), (_("Created at"), moment(feed.created_at))],
        back=CALENDAR_URL,
        warning=_("Calendars that use the address get nothing any more."),
    )


async def _create(context: Context, _payload: Payload) -> Done:
    await services.make_feed(context.settings, context.viewer.id, context.viewer.generation)
    return Done(CALENDAR_URL, _("The calendar address was made."))


async def _revoke(context: Context, _payload: Payload) -> Done:
    await services.revoke_feed(context.viewer.id)
    return Done(CALENDAR_URL, _("The calendar address was revoked."))


CREATION = Act("calendar-creation", Payload, _state_creation, _create)
REVOCATION = Act("calendar-revocation", Payload, _state_revocation, _revoke)
