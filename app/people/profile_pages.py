"""個人設定: profile, mail address, password, and where one is logged in."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts import profile_services, queries
from app.accounts.access import PersonRequest, hand_over, recently_proved, signed_in
from app.accounts.factors.queries import has_factor
from app.accounts.rules import Viewer
from app.accounts.throttling import Throttled
from app.confirmations.services import find_draft, propose
from app.database import Record
from app.people import profile_acts as acts
from app.people.forms import EmailForm, PasswordForm, ProfileForm
from app.settings import Settings
from app.web.errors import too_many_attempts, wait_message
from app.web.i18n import LANGUAGE_NAMES
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE
from app.web.templates import page

PASSWORD_URL = "/profile/password"  # noqa: S105 - an address


def _status(errors: dict[str, str]) -> int:
    return 422 if errors else 200


class Profile(Controller):
    """プロフィール: name and language."""

    path = acts.PROFILE_URL
    guards = [signed_in]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """What the portal knows about the person, and the form."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.PROFILE_CHANGE)
        account = await queries.find_account(viewer.id)
        typed = draft.payload if draft else account
        return self._page(request, account, typed["name"], typed["language"], {})

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """更新: on to the confirm step."""
        form = ProfileForm.read(await read_form(request))
        if form.errors:
            account = await queries.find_account(viewer.id)
            return self._page(request, account, form.name, form.language, form.errors)
        payload = {"name": form.name, "language": form.language}
        return see_other(await propose(viewer, acts.PROFILE_CHANGE, payload))

    def _page(
        self,
        request: PageRequest,
        account: Record,
        name: str,
        language: str,
        errors: dict[str, str],
    ) -> Response[str]:
        return page(
            request,
            "people/profile.html",
            status=_status(errors),
            account=account,
            typed_name=name,
            typed_language=language,
            languages=LANGUAGE_NAMES,
            errors=errors,
        )


class EmailAddress(Controller):
    """Changing the mail address. Mails can reset the password, so it takes that and a proof."""

    path = acts.EMAIL_URL
    guards = [signed_in]

    @get(guards=[recently_proved])
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form, with the address that was entered before."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.EMAIL_CHANGE)
        return self._page(request, draft.payload["email"] if draft else "", {})

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """更新: on to the confirm step."""
        account = await queries.find_account(viewer.id)
        form = EmailForm.read(await read_form(request), account["email"])
        if not form.errors:
            right = await profile_services.check_password(viewer, form.password)
            if isinstance(right, Throttled):
                form.errors["password"] = wait_message(right.wait)
                again = self._page(request, form.typed, form.errors)
                return too_many_attempts(request, right.wait, again)
            if not right:
                form.errors["password"] = _("The password is not right.")
        if form.errors:
            return self._page(request, form.typed, form.errors)
        payload = {"email": form.email, "generation": viewer.generation}
        return see_other(await propose(viewer, acts.EMAIL_CHANGE, payload))

    @post("/cancellation")
    async def propose_cancellation(self, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """取り消し: on to the confirm step, while a change waits for its link."""
        account = await queries.find_account(viewer.id)
        if account["asked_email"] is None:
            raise NotFoundException
        return see_other(await propose(viewer, acts.EMAIL_CANCELLATION, {}))

    def _page(self, request: PageRequest, typed: str, errors: dict[str, str]) -> Response[str]:
        return page(
            request, "people/email.html", status=_status(errors), typed=typed, errors=errors
        )


class PasswordRenewal(Controller):
    """パスワード変更, by one's own wish."""

    path = PASSWORD_URL
    guards = [signed_in]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form; after a change, that it was made."""
        if "changed" in request.query_params:
            done = _("Your password was changed. All other devices were logged out.")
            DONE.set(request.scope, done)
        return self._page(request, {}, second_factor=await has_factor(viewer.id))

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
                again = self._page(request, form.errors, second_factor=second_factor)
                return too_many_attempts(request, right.wait, again)
            if not right:
                form.errors["current"] = _("The password is not right.")
        if form.errors:
            return self._page(request, form.errors, second_factor=second_factor)
        fresh = await profile_services.renew_password(settings, viewer, form.password)
        return hand_over(see_other(f"{PASSWORD_URL}?changed=1"), fresh, settings)

    def _page(
        self, request: PageRequest, errors: dict[str, str], *, second_factor: bool
    ) -> Response[str]:
        return page(
            request,
            "people/password.html",
            status=_status(errors),
            second_factor=second_factor,
            errors=errors,
        )


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
        if session_id not in {s["id"] for s in sessions} - {viewer.session}:
            raise NotFoundException
        return see_other(await propose(viewer, acts.SESSION_END, {"session": str(session_id)}))

    @post("/others/end")
    async def propose_others_end(self, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """Log all others out: on to the confirm step."""
        return see_other(await propose(viewer, acts.OTHER_SESSIONS_END, {}))


class EmailConfirmation(Controller):
    """The link mailed to a new address. GET only shows; nobody needs to be logged in."""

    path = "/email-addresses/{token:str}"

    @get(opt={"public": True})
    async def show(self, request: PageRequest, token: FromPath[str]) -> Response[Any]:
        """Which address will be the person's."""
        change = await queries.find_email_change(token, clock.now())
        if change is None:
            return _email_page(request, token, "unknown", "", 404)
        return _email_page(request, token, "open", change["email"], 200)

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
