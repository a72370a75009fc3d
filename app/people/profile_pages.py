"""個人設定: profile, mail address, password, and where one is logged in."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts import profile_services, queries
from app.accounts.access import PersonRequest, hand_over, recently_proved, signed_in
from app.accounts.factors.queries import has_factor
from app.accounts.queries import Account
from app.accounts.rules import Viewer
from app.accounts.throttling import Throttled
from app.accounts.values import EmailValues, ProfileValues
from app.confirmations.acts import Entry, Payload
from app.confirmations.form_pages import FormPages
from app.confirmations.services import find_draft, propose
from app.people import profile_acts as acts
from app.people.forms import PasswordForm
from app.settings import Settings
from app.web.errors import too_many_attempts, wait_message
from app.web.forms import Fields
from app.web.i18n import LANGUAGE_NAMES
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE
from app.web.templates import page
from app.web.values import Choices, Form, read_values

PASSWORD_URL = "/profile/password"  # noqa: S105 - an address
PASSWORD_PAGE = "people/password.html"  # noqa: S105 - a template
EMAIL_PAGE = "people/email.html"


async def provide_account(viewer: NamedDependency[Viewer]) -> Account:
    """Return the person's own account."""
    return await queries.find_account(viewer.id)


class Profile(FormPages[Account, ProfileValues, Entry[ProfileValues]]):
    """プロフィール: what the portal knows about the person; name and language to change."""

    path = acts.PROFILE_URL
    guards = [signed_in]
    dependencies = {"subject": Provide(provide_account)}
    act = acts.PROFILE_CHANGE
    values = ProfileValues

    async def choices(self, subject: Account) -> Choices:
        """Offer the languages."""
        return {"language": LANGUAGE_NAMES}

    def entry(self, subject: Account, values: ProfileValues, revision: int) -> Entry[ProfileValues]:
        """Propose another name or language."""
        return Entry(values=values)

    async def page(self, request: PageRequest, subject: Account, form: Form) -> Response[str]:
        """Show the form."""
        return _page(request, "people/profile.html", form.errors, account=subject, form=form)


def _page(
    request: PageRequest, template: str, errors: dict[str, str], **context: Any
) -> Response[str]:
    return page(request, template, status=422 if errors else 200, errors=errors, **context)


class EmailAddress(Controller):
    """Changing the mail address. Mails can reset the password, so it takes that and a proof."""

    path = acts.EMAIL_URL
    guards = [signed_in]

    @get(guards=[recently_proved])
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form, with the address that was entered before."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.EMAIL_CHANGE)
        form = Form.of(EmailValues, draft.payload.values if draft else None, 0, {})
        return _page(request, EMAIL_PAGE, {}, form=form)

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """更新: on to the confirm step."""
        data = await read_form(request)
        form = read_values(EmailValues, data, {})
        account = await queries.find_account(viewer.id)
        if form.values.email == account.email:
            form.errors["email"] = _("This is already your email address. Enter a different one.")
        password = Fields(data, form.errors).secret("password", _("Password"))
        if not form.errors:
            right = await profile_services.check_password(viewer, password)
            if isinstance(right, Throttled):
                form.errors["password"] = wait_message(right.wait)
                again = _page(request, EMAIL_PAGE, form.errors, form=form)
                return too_many_attempts(request, right.wait, again)
            if not right:
                form.errors["password"] = _("The password is incorrect.")
        if form.errors:
            return _page(request, EMAIL_PAGE, form.errors, form=form)
        payload = acts.EmailChange(viewer.generation, values=form.values)
        return see_other(await propose(viewer, acts.EMAIL_CHANGE, payload))

    @post("/cancellation")
    async def propose_cancellation(self, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """取り消し: on to the confirm step, while a change waits for its link."""
        account = await queries.find_account(viewer.id)
        if account.asked_email is None:
            raise NotFoundException
        return see_other(await propose(viewer, acts.EMAIL_CANCELLATION, Payload()))


class PasswordRenewal(Controller):
    """パスワード変更, by choice."""

    path = PASSWORD_URL
    guards = [signed_in]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form; after a change, that it was made."""
        if "changed" in request.query_params:
            done = _("Your password was changed. All other devices were signed out.")
            DONE.set(request.scope, done)
        second_factor = await has_factor(viewer.id)
        return _page(request, PASSWORD_PAGE, {}, second_factor=second_factor)

    @post()
    async def change(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Set the new password and end all other sessions."""
        second_factor = await has_factor(viewer.id)
        own_words = await queries.own_words(viewer.id)
        form = PasswordForm.read(await read_form(request), own_words, second_factor=second_factor)
        if not form.errors:
            right = await profile_services.check_password(viewer, form.current)
            if isinstance(right, Throttled):
                form.errors["current"] = wait_message(right.wait)
                again = _page(request, PASSWORD_PAGE, form.errors, second_factor=second_factor)
                return too_many_attempts(request, right.wait, again)
            if not right:
                form.errors["current"] = _("The password is incorrect.")
        if form.errors:
            return _page(request, PASSWORD_PAGE, form.errors, second_factor=second_factor)
        fresh = await profile_services.renew_password(settings, viewer, form.password)
        return hand_over(see_other(f"{PASSWORD_URL}?changed=1"), fresh, settings)


class Sessions(Controller):
    """ログイン中の端末."""

    path = acts.SESSIONS_URL
    guards = [signed_in]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """Where the person is logged in."""
        sessions = await queries.list_sessions(viewer.id, clock.now())
        return page(
            request,
            "people/sessions.html",
            sessions=[(session, acts.session_name(session)) for session in sessions],
            current=viewer.session,
        )

    @post("/{session_id:uuid}/end")
    async def propose_end(
        self, viewer: NamedDependency[Viewer], session_id: FromPath[UUID]
    ) -> Response[Any]:
        """Log one of them out: on to the confirm step."""
        sessions = await queries.list_sessions(viewer.id, clock.now())
        if session_id not in {s.id for s in sessions} - {viewer.session}:
            raise NotFoundException
        return see_other(await propose(viewer, acts.SESSION_END, acts.SessionEnd(session_id)))

    @post("/others/end")
    async def propose_others_end(self, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """Log all others out: on to the confirm step."""
        return see_other(await propose(viewer, acts.OTHER_SESSIONS_END, Payload()))


class EmailConfirmation(Controller):
    """The link mailed to a new address. GET only shows; it needs no session."""

    path = "/email-addresses/{token:str}"

    @get(opt={"public": True})
    async def show(self, request: PageRequest, token: FromPath[str]) -> Response[Any]:
        """Which address will be the person's."""
        change = await queries.find_email_change(token, clock.now())
        if change is None:
            return _email_page(request, token, "unknown", "", 404)
        return _email_page(request, token, "open", change.email, 200)

    @post(opt={"public": True})
    async def confirm(
        self, request: PersonRequest, settings: NamedDependency[Settings], token: FromPath[str]
    ) -> Response[Any]:
        """決定: the address is changed."""
        try:
            email = await profile_services.confirm_email_change(settings, token, request.user)
        except profile_services.LinkUnknown:
            return _email_page(request, token, "unknown", "", 404)
        except profile_services.AddressTaken:
            return _email_page(request, token, "taken", "", 409)
        return _email_page(request, token, "done", email, 200)


def _email_page(
    request: PageRequest, token: str, state: str, email: str, status: int
) -> Response[str]:
    return page(
        request,
        "people/email_confirmation.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        state=state,
        email=email,
        place=f"/email-addresses/{token}",
    )
