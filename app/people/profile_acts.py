"""What people confirm about their own account: name and language, mail address, sessions."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app import clock
from app.accounts import profile_services as services
from app.accounts import queries
from app.accounts.access import require_proof
from app.accounts.queries import OpenSession
from app.accounts.rules import Viewer
from app.accounts.values import EmailValues, ProfileValues
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Statement
from app.web import i18n
from app.web.browsers import browser_name
from app.web.i18n import gettext as _
from app.web.i18n import moment
from app.web.values import facts

PROFILE_URL = "/profile"
EMAIL_URL = "/profile/email"
SESSIONS_URL = "/profile/sessions"


class EmailChange(Entry[EmailValues], frozen=True):
    """A new mail address, asked for under credentials of one generation."""

    generation: int


class SessionEnd(Payload, frozen=True):
    """The end of one session."""

    session: UUID


async def _state_profile(_context: Context, payload: Entry[ProfileValues]) -> Statement:
    return Statement(
        heading=_("Change your profile?"),
        facts=facts(payload.values),
        back=PROFILE_URL,
        whole_page=True,
    )


async def _change_profile(context: Context, payload: Entry[ProfileValues]) -> Done:
    await services.change_profile(context.viewer, payload.values)
    i18n.language.set(payload.values.language)
    return Done(PROFILE_URL, _("Your profile was changed."))


def _require_generation(viewer: Viewer, payload: EmailChange) -> None:
    """Require that the password, which was entered with the form, is the person's still.

    Raises:
        NotFoundException: their credentials changed since.
    """
    if payload.generation != viewer.generation:
        raise NotFoundException


async def _state_email(context: Context, payload: EmailChange) -> Statement:
    _require_generation(context.viewer, payload)
    account = await queries.find_account(context.viewer.id)
    return Statement(
        heading=_("Change your email address?"),
        facts=[
            (_("Email address"), account.email),
            (_("New email address"), payload.values.email),
        ],
        back=EMAIL_URL,
        notes=[
            _(
                "We'll email a link to the new address and notify your current address. The"
                " address changes when you open the link."
            )
        ],
    )


async def _state_cancellation(context: Context, _payload: Payload) -> Statement:
    account = await queries.find_account(context.viewer.id)
    if account.asked_email is None:
        raise NotFoundException
    return Statement(
        heading=_("Cancel the change of your email address?"),
        facts=[
            (_("Email address"), account.email),
            (_("New email address"), account.asked_email),
        ],
        back=PROFILE_URL,
        notes=[_("The link in the email to the new address will stop working.")],
    )


async def _cancel(context: Context, _payload: Payload) -> Done:
    await services.cancel_email_change(context.viewer)
    return Done(PROFILE_URL, _("The change of your email address was cancelled."))


def session_name(session: OpenSession) -> str:
    """Return what a session runs in, as people call it."""
    return browser_name(session.user_agent) or _("Unknown device")


def _links_end() -> str:
    return _("Your calendar address and the links that we emailed to you will stop working.")


async def _find_session(viewer: Viewer, payload: SessionEnd) -> OpenSession:
    for session in await queries.list_sessions(viewer.id, clock.now()):
        if session.id == payload.session and session.id != viewer.session:
            return session
    raise NotFoundException


async def _state_session(context: Context, payload: SessionEnd) -> Statement:
    session = await _find_session(context.viewer, payload)
    return Statement(
        heading=_("Sign out this device?"),
        facts=[
            (_("Device"), session_name(session)),
            (_("Signed in at"), moment(session.created_at)),
            (_("Last used"), moment(session.last_seen_at)),
        ],
        back=SESSIONS_URL,
        notes=[_links_end()],
    )


async def _end_session(context: Context, payload: SessionEnd) -> Done:
    session = await _find_session(context.viewer, payload)
    await services.end_session(context.viewer, session.id)
    return Done(SESSIONS_URL, _("The device was signed out."))


async def _state_others(context: Context, _payload: Payload) -> Statement:
    sessions = await queries.list_sessions(context.viewer.id, clock.now())
    others = [s for s in sessions if s.id != context.viewer.session]
    return Statement(
        heading=_("Sign out all other devices?"),
        facts=[(_("Device"), f"{session_name(s)} · {moment(s.last_seen_at)}") for s in others],
        back=SESSIONS_URL,
        notes=[_("You stay signed in on this device."), _links_end()],
    )


async def _end_others(context: Context, _payload: Payload) -> Done:
    await services.end_other_sessions(context.viewer)
    return Done(SESSIONS_URL, _("All other devices were signed out."))


async def _change_email(context: Context, payload: EmailChange) -> Done:
    _require_generation(context.viewer, payload)
    await services.ask_email_change(context.settings, context.viewer, payload.values.email)
    return Done(
        PROFILE_URL,
        _(
            "We sent an email to %(address)s. Open the link in the email.",
            address=payload.values.email,
        ),
    )


PROFILE_CHANGE = Act("profile-change", Entry[ProfileValues], _state_profile, _change_profile)
EMAIL_CHANGE = Act("email-change", EmailChange, _state_email, _change_email, may=require_proof)
EMAIL_CANCELLATION = Act("email-change-cancellation", Payload, _state_cancellation, _cancel)
SESSION_END = Act("session-end", SessionEnd, _state_session, _end_session, may=require_proof)
OTHER_SESSIONS_END = Act(
    "other-sessions-end", Payload, _state_others, _end_others, may=require_proof
)
