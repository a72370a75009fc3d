"""サービスアカウント: a contract's accounts for other systems, for its owners."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import recently_proved, signed_in
from app.accounts.rules import Viewer
from app.confirmations.form_pages import FormPages
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_changeable_contract, provide_owned_contract
from app.contracts.rules import SeenContract
from app.service_accounts import acts, queries, services
from app.service_accounts.access import provide_account
from app.service_accounts.queries import SeenAccount
from app.service_accounts.rules import role_name, usual_last_day
from app.service_accounts.values import AccountValues
from app.settings import Settings
from app.web.requests import PageRequest, is_head
from app.web.responses import see_other
from app.web.templates import page
from app.web.values import Choices, Form, SentForm, prefilled

PATH = "/contracts/{number:str}/service-accounts"
NO_STORE = {"Cache-Control": "no-store"}


@get(PATH, guards=[signed_in], dependencies={"contract": Provide(provide_owned_contract)})
async def list_service_accounts(
    request: PageRequest, contract: NamedDependency[SeenContract]
) -> Response[str]:
    """The accounts that were not revoked, with role, expiry and last use."""
    return page(
        request,
        "service_accounts/list.html",
        contract=contract,
        accounts=await queries.list_accounts(contract),
        role_name=role_name,
    )


class AccountCreation(FormPages[SeenContract, AccountValues, acts.Creation]):
    """作成: a new account."""

    path = f"{PATH}/new"
    guards = [signed_in, recently_proved]
    dependencies = {"subject": Provide(provide_changeable_contract)}
    act = acts.CREATION
    values = AccountValues

    def now(self, subject: SeenContract) -> AccountValues:
        """Offer the usual last day."""
        return prefilled(AccountValues, last_day=usual_last_day(subject.today))

    async def choices(self, subject: SeenContract) -> Choices:
        """Offer the roles."""
        return acts.choices()

    async def check(self, subject: SeenContract, form: SentForm[AccountValues]) -> None:
        """Report at once a name that is taken, and a last day that does not fit."""
        acts.check_last_day(subject, form)
        if "name" not in form.errors and await queries.name_taken(subject, form.values.name):
            self.refuse(form, "name-taken")

    def entry(self, subject: SeenContract, values: AccountValues, revision: int) -> acts.Creation:
        """Propose the account."""
        return acts.Creation(subject.number, values=values, revision=revision)

    async def page(self, request: PageRequest, subject: SeenContract, form: Form) -> Response[str]:
        """Show the form."""
        return form_page(request, subject, None, form)


def form_page(
    request: PageRequest, contract: SeenContract, account: SeenAccount | None, form: Form
) -> Response[str]:
    """Answer with the form of a new account, or of a new token of an account."""
    return page(
        request,
        "service_accounts/form.html",
        status=422 if form.errors and request.method == "POST" else 200,
        contract=contract,
        account=account,
        form=form,
    )


class ServiceAccounts(Controller):
    """One account."""

    path = f"{PATH}/{{account_id:uuid}}"
    guards = [signed_in]
    dependencies = {
        "contract": Provide(provide_owned_contract),
        "account": Provide(provide_account),
    }

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        contract: NamedDependency[SeenContract],
        account: NamedDependency[SeenAccount],
    ) -> Response[str]:
        """Its facts; right after its token was made, the token, once, to the person who made it."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.REVOCATION)
        asked = not is_head(request)
        return page(
            request,
            "service_accounts/account.html",
            headers=NO_STORE,
            contract=contract,
            account=account,
            token=await services.take_token(settings, account.id, viewer.id) if asked else None,
            role_name=role_name,
            problem=next(iter(draft.errors.values()), "") if draft else "",
        )

    @post("/revocation")
    async def propose_revocation(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        account: NamedDependency[SeenAccount],
    ) -> Response[Any]:
        """取り消し: on to the confirm step."""
        payload = acts.Revocation(contract.number, account.id)
        return see_other(await propose(viewer, acts.REVOCATION, payload))
