"""The form of the contracts that people join at their first sign-in, for console and owners."""

from uuid import UUID

from litestar import Response

from app.confirmations.form_pages import FormPages
from app.single_sign_on.access import SetUp
from app.single_sign_on.controllers import set_up_page
from app.single_sign_on.default_acts import DefaultEntry, default_choices
from app.single_sign_on.values import DefaultValues
from app.web.requests import PageRequest
from app.web.values import Choices, Form


class Defaults(FormPages[SetUp, DefaultValues, DefaultEntry]):
    """The contracts, each with a check box."""

    values = DefaultValues

    def now(self, subject: SetUp) -> DefaultValues | None:
        """Return what is chosen now."""
        return DefaultValues([UUID(each.id) for each in subject.seen.default_contracts])

    def revision(self, subject: SetUp) -> int:
        """Return 0: the last choice counts."""
        return 0

    async def choices(self, subject: SetUp) -> Choices:
        """Offer the contracts that the person may choose."""
        return await default_choices(subject)

    def entry(self, subject: SetUp, values: DefaultValues, revision: int) -> DefaultEntry:
        """Propose them."""
        return DefaultEntry(company=subject.seen.id, contract=subject.number, values=values)

    async def page(self, request: PageRequest, subject: SetUp, form: Form) -> Response[str]:
        """Show the form."""
        return set_up_page(
            request, "single_sign_on/default_contracts.html", subject, form.errors, form=form
        )
