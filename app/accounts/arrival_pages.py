"""What the pages on the way in say first: why the person is there, and what was kept for them."""

from uuid import UUID

from app import clock
from app.accounts.access import CONFIRMATIONS, OVER_SESSION
from app.accounts.parking.pages import PREFIX
from app.accounts.parking.queries import is_kept
from app.accounts.rules import Ending, Viewer
from app.web.forms import read_id
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import PageRequest

EXPIRED = N_("Your session has expired. Sign in again.")
# Shown only to a browser that has the session's cookie.
REASONS = {
    Ending.OTHER_DEVICE: N_("You were signed out from another device."),
    Ending.STAFF: N_("The vendor's staff signed you out."),
    Ending.PASSWORD_CHANGE: N_(
        "You were signed out because the password of your account was changed."
    ),
    Ending.PASSWORD_RESET: N_(
        "You were signed out because the password of your account was changed."
    ),
    Ending.ADDRESS_CHANGE: N_(
        "You were signed out because the email address of your account was changed."
    ),
    Ending.FACTOR_CHANGE: N_(
        "You were signed out because the second factors of your account were changed."
    ),
    Ending.FACTOR_REMOVAL: N_(
        "You were signed out because the second factors of your account were changed."
    ),
    Ending.ACCOUNT_DISABLING: N_("The vendor's staff signed you out."),
    Ending.SINGLE_SIGN_ON: N_(
        "You were signed out because the single sign-on settings of your company were changed."
    ),
    Ending.PROVIDER: N_(
        "You were signed out because your company's sign-in page signed you out, or no longer lets"
        " you in."
    ),
}


async def sign_in_notes(request: PageRequest, wanted: str) -> list[str]:
    """Return what the sign-in page says above its form.

    Args:
        wanted: the page to open after sign-in.
    """
    over = OVER_SESSION.read(request.scope)
    if over is None:
        return [_("Sign in to open the page that you requested.")] if wanted != "/" else []
    notes = [_(REASONS[over.ending] if over.ending else EXPIRED)]
    if await _is_kept(over.user, wanted):
        notes.append(_("What you entered was kept. You can send it after you sign in."))
    return notes


async def terms_notes(viewer: Viewer, wanted: str) -> list[str]:
    """Return what the page of new terms of use says of a form that waits for them."""
    if not await _is_kept(viewer.id, wanted):
        return []
    return [_("What you entered was kept. You can send it after you accept the terms of use.")]


async def _is_kept(user: UUID, wanted: str) -> bool:
    """Whether the wanted page offers the person what they entered before."""
    for place in (PREFIX, CONFIRMATIONS):
        if wanted.startswith(place) and (id := read_id(wanted.removeprefix(place))):
            return await is_kept(user, id, clock.now())
    return False
