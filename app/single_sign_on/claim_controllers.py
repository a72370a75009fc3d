"""Pages of domains that the DNS shows to be a company's, for the console and for owners."""

import contextlib
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.database import Gone
from app.settings import Settings
from app.single_sign_on import acts, claim_services, queries
from app.single_sign_on.access import SetUp
from app.single_sign_on.controllers import set_up_page
from app.single_sign_on.queries import SeenClaim
from app.single_sign_on.values import ClaimValues
from app.web.errors import wait_message
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.values import Form, read_values

CHECK_PROBLEMS: dict[type[Exception], str] = {
    claim_services.NoRecord: N_(
        "The DNS has no such TXT record for %(domain)s yet. A new record can take hours to appear."
        " Check that it is exactly the same, and try again later."
    ),
    claim_services.DnsDown: N_("The DNS did not answer for %(domain)s. Try again later."),
    asyncpg.UniqueViolationError: acts.DOMAIN_TAKEN.message,
}


class Claims(Controller):
    """Domains that the DNS shows to be the company's."""

    door: ClassVar[acts.SetUpActs]

    @get()
    async def show(self, request: PageRequest, subject: NamedDependency[SetUp]) -> Response[Any]:
        """The records that the DNS must have, and the form of another domain."""
        return self._page(request, subject, Form.of(ClaimValues, None, 0, {}))

    @post()
    async def claim(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """Note a domain."""
        self.door.connection.may(viewer)
        form = read_values(ClaimValues, await read_form(request), {})
        if "domain" not in form.errors and await queries.domain_taken(form.values.domain):
            form.errors["domain"] = acts.DOMAIN_TAKEN.text()
        if form.errors:
            return self._page(request, subject, form)
        await claim_services.claim_domain(
            subject.seen.id,
            form.values.domain,
            actor=viewer.id,
            contract=subject.contract_id,
        )
        return see_other(f"{subject.place}/domains/dns")

    @post("/check")
    async def check(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """確認: ask the DNS now."""
        claim = await self._claim(request, viewer, subject)
        seen = subject.seen
        assert seen.connection is not None, "it has claims"
        try:
            throttled = await claim_services.verify_claim(
                settings,
                seen.id,
                seen.connection,
                claim,
                actor=viewer.id,
                contract=subject.contract_id,
            )
        except tuple(CHECK_PROBLEMS) as error:
            problem = _(CHECK_PROBLEMS[type(error)], domain=claim.domain)
        except Gone:
            raise NotFoundException from None
        else:
            if throttled is None:
                return see_other(f"{subject.place}?verified=1")
            problem = wait_message(throttled.wait)
        form = Form.of(ClaimValues, None, 0, {})
        form.errors[f"claim-{claim.id}"] = problem
        return self._page(request, subject, form)

    @post("/removal")
    async def drop(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """Forget a domain that waits."""
        claim = await self._claim(request, viewer, subject)
        with contextlib.suppress(Gone):
            await claim_services.drop_claim(
                subject.seen.id, UUID(claim.id), actor=viewer.id, contract=subject.contract_id
            )
        return see_other(f"{subject.place}/domains/dns")

    async def _claim(self, request: PageRequest, viewer: Viewer, subject: SetUp) -> SeenClaim:
        self.door.connection.may(viewer)
        wanted = (await read_form(request)).get("claim")
        for claim in subject.seen.claims:
            if claim.id == wanted:
                return claim
        raise NotFoundException

    def _page(self, request: PageRequest, subject: SetUp, form: Form) -> Response[Any]:
        return set_up_page(request, "single_sign_on/dns.html", subject, form.errors, form=form)
