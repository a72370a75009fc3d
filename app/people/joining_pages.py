"""What a mailed link opens. The pages load no script and are kept by no cache."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_404_NOT_FOUND, HTTP_410_GONE

from app.accounts import guess_rules, throttling
from app.accounts import queries as accounts
from app.accounts.access import PersonRequest, begin_session, signed_in
from app.accounts.rules import Viewer
from app.accounts.tables import TermsOfUse
from app.accounts.throttling import Throttled
from app.confirmations.acts import Statement
from app.confirmations.services import draft_url, propose, remember_done
from app.people import joining_acts as acts
from app.people import joining_services as services
from app.people import queries
from app.people.forms import read_registration
from app.people.joining_services import AddressTaken, CodeTaken, LinkClosed
from app.people.queries import Link
from app.people.rules import Arrival, LinkState
from app.people.tables import Registration
from app.people.values import RegistrationValues
from app.settings import Settings
from app.web import i18n
from app.web.errors import too_many_attempts
from app.web.forms import read_id
from app.web.i18n import LANGUAGE_NAMES
from app.web.i18n import gettext as _
from app.web.requests import read_form
from app.web.responses import see_other
from app.web.scope_keys import LANGUAGE_CHOSEN
from app.web.templates import page
from app.web.values import Form, facts, from_attributes

NOT_KEPT = {"Cache-Control": "no-store"}


async def _find(request: PersonRequest, token: str) -> Link | None:
    """Find the link; a stranger reads in the language of the mail, unless they chose one."""
    link = await queries.find_link(token, request.user)
    if link and not request.user and not LANGUAGE_CHOSEN.read(request.scope):
        i18n.language.set(link.language)
    return link


def _closed(request: PersonRequest, link: Link | None) -> Response[Any]:
    """Say why the link opens nothing, and what to do instead."""
    viewer = request.user
    if link and viewer and viewer.id == link.accepted_by:
        return see_other(f"/contracts/{link.contract_number}")
    return page(
        request,
        "people/link_closed.html",
        status=HTTP_410_GONE if link else HTTP_404_NOT_FOUND,
        headers=NOT_KEPT,
        state=link.state.value if link else "unknown",
        link=link,
    )


class Joining(Controller):
    """The link that an invitation's mail carries. GET only shows."""

    path = "/join/{token:str}"

    @get(opt={"public": True})
    async def show(self, request: PersonRequest, token: FromPath[str]) -> Response[Any]:
        """How the person can join, or why not."""
        link = await _find(request, token)
        if link is None or link.state is not LinkState.OPEN:
            return _closed(request, link)
        if link.arrival is not Arrival.REGISTER:
            return page(
                request,
                "people/join.html",
                headers=NOT_KEPT,
                link=link,
                facts=acts.contract_facts(link),
                place=acts.link_url(token),
                steps=acts.joining_steps(link, 1),
            )
        draft = await _draft(request, link)
        now = from_attributes(RegistrationValues, draft) if draft else None
        form = Form.of(RegistrationValues, now, 0, {})
        if now is not None:
            await _check_code(form, now.code)
        return _form(request, token, link, form, await accounts.current_terms_of_use())

    @post(opt={"public": True})
    async def propose(self, request: PersonRequest, token: FromPath[str]) -> Response[Any]:
        """登録: on to the confirm page, for people without an account."""
        data = await read_form(request)
        link = await _find(request, token)
        if link is None or link.state is not LinkState.OPEN:
            return _closed(request, link)
        if link.arrival is not Arrival.REGISTER:
            return see_other(acts.link_url(token))
        admitted = await throttling.admit(guess_rules.registration_lanes(link.id))
        if isinstance(admitted, Throttled):
            return too_many_attempts(request, admitted.wait)
        own_words = [link.email, *await accounts.product_words()]
        terms = await accounts.current_terms_of_use()
        form, password = read_registration(data, own_words, terms.version if terms else None)
        await _check_code(form, form.values.code)
        if form.errors:
            return _form(request, token, link, form, terms)
        id = await services.keep_registration(
            link,
            values=form.values,
            language=i18n.language.get(),
            password=password,
            terms=terms.id if terms else None,
        )
        return see_other(f"{acts.link_url(token)}/registrations/{id}")

    @post("/membership", guards=[signed_in])
    async def propose_membership(
        self,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        token: FromPath[str],
    ) -> Response[Any]:
        """参加する: on to the confirm step, for people with an account."""
        link = await queries.find_link(token, viewer)
        if (
            link is None
            or link.state is not LinkState.OPEN
            or link.arrival not in {Arrival.JOIN, Arrival.OTHER_ACCOUNT}
        ):
            return see_other(acts.link_url(token))
        payload = acts.encrypt_link(settings, token)
        return see_other(await propose(viewer, acts.JOINING, payload))


class Registrations(Controller):
    """The confirm page of people who have no account yet."""

    path = "/join/{token:str}/registrations/{id:uuid}"

    @get(opt={"public": True})
    async def show(
        self, request: PersonRequest, token: FromPath[str], id: FromPath[UUID]
    ) -> Response[Any]:
        """What will happen."""
        link = await _find(request, token)
        registration = await _registration(link, id)
        if link is None or registration is None:
            return see_other(acts.link_url(token))
        return page(
            request,
            "confirmations/confirm.html",
            headers=NOT_KEPT,
            statement=_statement(token, link, registration),
            action=f"{acts.link_url(token)}/registrations/{id}",
            back=draft_url(acts.link_url(token), id),
        )

    @post(opt={"public": True})
    async def confirm(
        self,
        request: PersonRequest,
        settings: NamedDependency[Settings],
        token: FromPath[str],
        id: FromPath[UUID],
    ) -> Response[Any]:
        """決定: the account is made, the person is a member and signed in."""
        link = await _find(request, token)
        registration = await _registration(link, id)
        if link is None or registration is None:
            return see_other(acts.link_url(token))
        user_agent = request.headers.get("user-agent", "")
        try:
            sign_in = await services.register(link, registration, user_agent)
        except (CodeTaken, AddressTaken, LinkClosed):
            return see_other(draft_url(acts.link_url(token), id))
        if sign_in is None:
            return see_other("/login")
        wanted = await remember_done(sign_in.user, acts.JOINING, acts.joined(link))
        return begin_session(sign_in, wanted, settings)


async def _registration(link: Link | None, id: UUID) -> Registration | None:
    """Return what to confirm, while the link lets people without an account join."""
    if link is None or link.state is not LinkState.OPEN or link.arrival is not Arrival.REGISTER:
        return None
    return await queries.find_registration(link, id)


async def _draft(request: PersonRequest, link: Link) -> Registration | None:
    id = read_id(request.query_params.get("draft", ""))
    return await queries.find_registration(link, id) if id else None


async def _check_code(form: Form, code: str) -> None:
    if "code" not in form.errors and await queries.code_taken(code):
        form.errors["code"] = _("This user code is already in use. Enter a different user code.")


def _statement(token: str, link: Link, registration: Registration) -> Statement:
    return Statement(
        heading=_("Register and join this contract?"),
        facts=[
            *acts.contract_facts(link),
            *facts(from_attributes(RegistrationValues, registration)),
            (_("Email address"), link.email),
            (_("Language"), LANGUAGE_NAMES[registration.language]),
            (_("Terms of use"), _("I agree to the terms of use")),
        ],
        back=acts.link_url(token),
        notes=[_("From now on, sign in with your user code and the password that you entered.")],
        whole_page=True,
        steps=acts.joining_steps(link, 2, acts.link_url(token)),
    )


def _form(
    request: PersonRequest, token: str, link: Link, form: Form, terms: TermsOfUse | None
) -> Response[str]:
    return page(
        request,
        "people/join_register.html",
        status=422 if form.errors and request.method == "POST" else 200,
        headers=NOT_KEPT,
        link=link,
        facts=acts.contract_facts(link),
        place=acts.link_url(token),
        steps=acts.joining_steps(link, 1),
        form=form,
        terms=terms,
        body=terms[f"body_{i18n.language.get()}"] if terms else "",
    )
