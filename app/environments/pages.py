"""環境: the list, and the forms to make, change and retire an environment."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.acts import E
from app.confirmations.form_pages import FormPages
from app.confirmations.services import propose
from app.contracts.access import provide_changeable_contract, provide_contract
from app.contracts.rules import SeenContract
from app.environments import acts, queries
from app.environments.access import place_dependencies, provide_changeable_place
from app.environments.queries import Place, SeenEnvironment
from app.environments.values import EnvironmentValues
from app.web.forms import read_id
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form
from app.web.responses import see_other
from app.web.templates import page
from app.web.values import Choices, Form, SentForm


@get(
    "/contracts/{number:str}/environments",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def list_environments(
    request: PageRequest, contract: NamedDependency[SeenContract]
) -> Response[str]:
    """環境: in sort-key order, with allocation and activation."""
    products = await queries.contracted_products(contract)
    data = query_form(request)
    wanted = Wanted.read(
        f"{contract.url}/environments",
        data,
        queries.ENVIRONMENTS,
        product={product.code for product in products},
    )
    return page(
        request,
        "environments/list.html",
        contract=contract,
        products=products,
        listed=await queries.list_environments(contract, wanted),
        # The environment that was just created or allocated to, to say what comes next.
        created=read_id(data.get("created")),
        allocated=read_id(data.get("allocated")),
    )


@dataclass(frozen=True)
class Subject:
    """What the form of an environment is about; a new one is not there yet.

    Attributes:
        sort_key: the one that a new environment is offered.
    """

    contract: SeenContract
    environment: SeenEnvironment | None = None
    sort_key: int = 0


async def provide_new(contract: NamedDependency[SeenContract]) -> Subject:
    """Name the contract that a new environment will be of, and the sort key that follows."""
    return Subject(contract, sort_key=await queries.next_sort_key(contract))


def provide_existing(place: NamedDependency[Place]) -> Subject:
    """Name the environment in the address."""
    return Subject(place.contract, place.environment)


class EnvironmentForms(FormPages[Subject, EnvironmentValues, E]):
    """What the forms to create and to change an environment share."""

    guards = [signed_in]
    values = EnvironmentValues

    def now(self, subject: Subject) -> EnvironmentValues:
        """Show the current facts; of a new environment, the next sort key."""
        if subject.environment:
            return subject.environment.facts
        return EnvironmentValues("", subject.sort_key)

    def revision(self, subject: Subject) -> int:
        """Return the revision of the environment."""
        return subject.environment.revision if subject.environment else 0

    async def choices(self, subject: Subject) -> Choices:
        """Offer the group companies of the contract."""
        return await acts.choices(subject.contract)

    async def check(self, subject: Subject, form: SentForm[EnvironmentValues]) -> None:
        """Report at once that a name is taken."""
        own = subject.environment.id if subject.environment else None
        if await queries.name_taken(subject.contract, form.values.name, own):
            self.refuse(form, "name-taken")

    async def page(self, request: PageRequest, subject: Subject, form: Form) -> Response[str]:
        """Show the form."""
        return page(
            request,
            "environments/form.html",
            status=422 if form.errors and request.method == "POST" else 200,
            contract=subject.contract,
            environment=subject.environment,
            form=form,
        )


class EnvironmentCreation(EnvironmentForms[acts.Creation]):
    """新しい環境を作成."""

    path = "/contracts/{number:str}/environments/new"
    dependencies = {
        "contract": Provide(provide_changeable_contract),
        "subject": Provide(provide_new),
    }
    act = acts.CREATION

    def entry(self, subject: Subject, values: EnvironmentValues, revision: int) -> acts.Creation:
        """Propose a new environment."""
        return acts.Creation(subject.contract.number, values=values, revision=revision)


class EnvironmentChange(EnvironmentForms[acts.Change]):
    """編集: rename, sort key, group company; and 廃止."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}"
    dependencies = {
        **place_dependencies(provide_changeable_place),
        "subject": Provide(provide_existing, sync_to_thread=False),
    }
    act = acts.CHANGE

    def entry(self, subject: Subject, values: EnvironmentValues, revision: int) -> acts.Change:
        """Propose other facts."""
        assert subject.environment is not None
        id = subject.environment.id
        return acts.Change(subject.contract.number, id, values=values, revision=revision)

    @post("/retirement")
    async def propose_retirement(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """廃止: on to the confirm step."""
        payload = acts.OfEnvironment(contract.number, environment.id)
        return see_other(await propose(viewer, acts.RETIREMENT, payload))
