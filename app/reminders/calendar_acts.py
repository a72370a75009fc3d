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
        "The address stops working when you change your password, email address or two-step"
        " verification, or sign out on all devices. You can then create a new one."
    )


async def _state_creation(context: Context, _payload: Payload) -> Statement:
    feed = await find_feed(context.viewer.id)
    facts = [(_("User name"), context.viewer.name)]
    if feed is not None:
        facts.append((_("Created at"), moment(feed.created_at)))
    return Statement(
        heading=_("Create a new address?") if feed else _("Create a calendar address?"),
        facts=facts,
        back=CALENDAR_URL,
        notes=[
            _("The address is shown only once. Anyone who has it can see when your contracts end."),
            stops_with(),
        ],
        warning=_("Calendars subscribed to the old address will stop updating.") if feed else "",
    )


async def _state_revocation(context: Context, _payload: Payload) -> Statement:
    feed = await find_feed(context.viewer.id)
    if feed is None:
        raise NotFoundException
    return Statement(
        heading=_("Revoke the calendar address?"),
        facts=[(_("User name"), context.viewer.name), (_("Created at"), moment(feed.created_at))],
        back=CALENDAR_URL,
        warning=_("Calendars subscribed to this address will stop updating."),
        danger=True,
    )


async def _create(context: Context, _payload: Payload) -> Done:
    await services.make_feed(context.settings, context.viewer.id, context.viewer.generation)
    return Done(CALENDAR_URL, _("The calendar address was created."))


async def _revoke(context: Context, _payload: Payload) -> Done:
    await services.revoke_feed(context.viewer.id)
    return Done(CALENDAR_URL, _("The calendar address was revoked."))


CREATION = Act("calendar-creation", Payload, _state_creation, _create)
REVOCATION = Act("calendar-revocation", Payload, _state_revocation, _revoke)
