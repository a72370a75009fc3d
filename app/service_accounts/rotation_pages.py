"""トークンの再発行: a new token of a service account."""

from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.access import recently_proved, signed_in
from app.confirmations.form_pages import FormPages
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.service_accounts import acts
from app.service_accounts.access import provide_account
from app.service_accounts.pages import PATH, form_page
from app.service_accounts.queries import SeenAccount
from app.service_accounts.rules import AccountState, usual_last_day
from app.service_accounts.values import RotationValues
from app.web.requests import PageRequest
from app.web.values import Form, SentForm


@dataclass(frozen=True)
class Subject:
    """What the form is about."""

    contract: SeenContract
    account: SeenAccount


def provide_subject(
    contract: NamedDependency[SeenContract], account: NamedDependency[SeenAccount]
) -> Subject:
    """Name the account in the address.

    Raises:
        NotFoundException: it is revoked.
    """
    if account.state is AccountState.REVOKED:
        raise NotFoundException
    return Subject(contract, account)


class TokenRotation(FormPages[Subject, RotationValues, acts.Rotation]):
    """The form asks how long the new token lasts."""

    path = f"{PATH}/{{account_id:uuid}}/rotation"
    guards = [signed_in, recently_proved]
    dependencies = {
        "contract": Provide(provide_changeable_contract),
        "account": Provide(provide_account),
        "subject": Provide(provide_subject, sync_to_thread=False),
    }
    act = acts.ROTATION
    values = RotationValues

    def now(self, subject: Subject) -> RotationValues:
        """Offer the usual last day."""
        return RotationValues(usual_last_day(subject.contract.today))

    def revision(self, subject: Subject) -> int:
        """Return the revision of the account."""
        return subject.account.revision

    async def check(self, subject: Subject, form: SentForm[RotationValues]) -> None:
        """Report at once a last day that does not fit."""
        acts.check_last_day(subject.contract, form)

    def entry(self, subject: Subject, values: RotationValues, revision: int) -> acts.Rotation:
        """Propose the token."""
        contract, account = subject.contract, subject.account
        return acts.Rotation(contract.number, account.id, values=values, revision=revision)

    async def page(self, request: PageRequest, subject: Subject, form: Form) -> Response[str]:
        """Show the form."""
        return form_page(request, subject.contract, subject.account, form)
