"""The state machine: each rule does one act through the services and in the model alike."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from app import clock
from app.activation.download_services import mark_downloaded
from app.activation.issue_services import RequestRefused
from app.activation.rules import IssueOutcome
from app.activation.services import Answer, answer_request
from app.contracts.queries import find_contract
from app.contracts.rules import SeenContract
from app.database import Gone, fetch, fetch_one, unit_of_work
from app.environments.queries import ENVIRONMENTS, list_environments, offered_products
from app.environments.services import create_environment, retire_environment, set_allocations
from app.environments.values import EnvironmentValues
from app.settings import Settings
from tests.activation.makers import claims, key, request_file
from tests.activation.world import force
from tests.lists import wanted
from tests.never.model import File, Model, Place
from tests.never.pools import Owner, Pool, make_pool

T = TypeVar("T")
PRODUCTS = ("A", "B")
QUANTITIES = st.integers(4, 15)
COUNTS = st.integers(0, 8)


@dataclass
class Portal:
    """The services, run one after the other in one event loop.

    Attributes:
        admin: DSN of the superuser in the same database, who lets time pass.
        owner: who owns the contracts.
    """

    runner: asyncio.Runner
    settings: Settings
    admin: str
    owner: Owner

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it and wait for it."""
        return self.runner.run(work)


@dataclass(eq=False)
class Site:
    """An environment on both sides, and the last request that was answered for it."""

    id: UUID
    model: Place
    last_request: tuple[bytes, int] | None = None


def make_machine(portal: Portal) -> type[RuleBasedStateMachine]:
    """The machine's class, whose instances all work on this portal, each on its own contract."""

    class Bound(Machine):
        services = portal

    return Bound


class Machine(RuleBasedStateMachine):
    """Two products, as many environments as come, and everything that an owner can do."""

    services: Portal
    sites = Bundle("sites")

    @initialize(target=sites, first=QUANTITIES, second=QUANTITIES, allocated=st.integers(1, 4))
    def begin(self, first: int, second: int, allocated: int) -> Site:
        """A contract of its own, and an environment that runs: most acts need one."""
        self.pool: Pool = self.services.run(make_pool([first, second], 0, self.services.owner))
        self.ids = dict(zip(PRODUCTS, self.pool.entitlements, strict=True))
        self.model = Model(dict(zip(PRODUCTS, (first, second), strict=True)))
        self.all: list[Site] = []
        site = self.create()
        self.allocate(site, allocated, None)
        self.issue(site)
        return site

    @rule(target=sites)
    def create_another(self) -> Site:
        return self.create()

    def create(self) -> Site:
        work = create_environment(
            contract=self.pool.contract,
            values=EnvironmentValues(f"環境 {len(self.all)}", len(self.all)),
            actor=self.pool.owner,
        )
        site = Site(self.services.run(work), Place())
        self.all.append(site)
        self.model.places.append(site.model)
        return site

    @rule(site=sites, first=COUNTS, second=st.none() | COUNTS)
    def allocate_some(self, site: Site, first: int, second: int | None) -> None:
        self.allocate(site, first, second)

    def allocate(self, site: Site, first: int, second: int | None) -> None:
        wanted = {"A": first} | ({} if second is None else {"B": second})
        work = set_allocations(
            contract=self.pool.contract,
            environment=site.id,
            quantities={self.ids[product]: n for product, n in wanted.items()},
            actor=self.pool.owner,
        )
        try:
            self.services.run(work)
            done: bool | None = True
        except asyncpg.CheckViolationError:
            done = False
        except Gone:
            done = None
        expected = None if site.model.retired else self.model.allocate(site.model, wanted)
        assert done is expected

    @rule(product=st.sampled_from(PRODUCTS), quantity=st.integers(1, 20))
    def amend(self, product: str, quantity: int) -> None:
        try:
            self.services.run(self._amend(product, quantity))
            done = True
        except asyncpg.CheckViolationError:
            done = False
        assert done is self.model.amend(product, quantity)

    async def _amend(self, product: str, quantity: int) -> None:
        async with unit_of_work():
            sql = "update entitlement set quantity = $2 where id = $1"
            await fetch(sql, self.ids[product], quantity)

    @rule(site=sites)
    def retire(self, site: Site) -> None:
        work = retire_environment(
            contract=self.pool.contract, environment=site.id, actor=self.pool.owner
        )
        try:
            self.services.run(work)
            done = True
        except Gone:
            done = False
        assert done is not site.model.retired
        self.model.retire(site.model)

    @rule(site=sites)
    def issue_a_file(self, site: Site) -> None:
        self.issue(site)

    def issue(self, site: Site) -> None:
        data = self._request(site, "activate")
        answer = self._answer(site, data)
        file = self.model.issue(site.model)
        if file is None:
            retired = site.model.retired
            assert answer is (
                IssueOutcome.ENVIRONMENT_RETIRED if retired else IssueOutcome.NOTHING_ALLOCATED
            )
        else:
            assert answer == Answer(file.seq)
            site.last_request = (data, file.seq)

    @rule(site=sites)
    def send_the_same_request_again(self, site: Site) -> None:
        if site.last_request is not None:
            data, seq = site.last_request
            assert self._answer(site, data) == Answer(seq, repeated=True)

    @rule(site=sites, data=st.data())
    def download(self, site: Site, data: st.DataObject) -> None:
        if not site.model.files:
            return
        file = data.draw(st.sampled_from(site.model.files), label="file")
        self.services.run(self._download(site, file))
        self.model.download(site.model, file)

    async def _download(self, site: Site, file: File) -> None:
        await mark_downloaded(await self._contract(), site.id, file.seq, self.pool.owner)

    @rule(site=sites)
    def give_back(self, site: Site) -> None:
        seq = site.model.files[-1].seq if site.model.files else 0
        answer = self._answer(site, self._request(site, "return", prev_seq=seq))
        if self.model.take_return(site.model):
            assert answer == Answer(seq, ended=True)
        else:
            assert answer in {IssueOutcome.NOT_ACTIVATED, IssueOutcome.ALREADY_ENDED}

    @rule(site=sites)
    def let_the_files_expire(self, site: Site) -> None:
        sql = "update activation set expires_at = now() where environment = $1"
        self.services.run(force(self.services.admin, sql, site.id))
        for file in site.model.files:
            file.runs = False

    @invariant()
    def what_is_free_is_what_the_model_says(self) -> None:
        if hasattr(self, "all"):
            self.services.run(self._compare())

    async def _compare(self) -> None:
        for product, id in self.ids.items():
            sql = "select counts_in_use($1)::int as used, quantity from entitlement where id = $1"
            row = await fetch_one(sql, id)
            assert row is not None
            assert row["used"] == self.model.in_use(product) <= row["quantity"]
        contract = await self._contract()
        seen = (await list_environments(contract, wanted(ENVIRONMENTS, rows="100"))).rows
        assert [each.id for each in seen] == [s.id for s in self.all if not s.model.retired]
        for site in self.all[-1:]:
            offered = await offered_products(contract, site.id)
            shares = {each.share.entitlement: each.share for each in offered}
            for product, id in self.ids.items():
                assert shares[id].free == self.model.free(product)
                assert shares[id].here == site.model.allocated.get(product, 0)
                assert shares[id].held == site.model.held(product)

    def _answer(self, site: Site, data: bytes) -> Answer | object:
        async def work() -> Answer:
            return await answer_request(
                self.services.settings, await self._contract(), site.id, data, self.pool.owner
            )

        try:
            return self.services.run(work())
        except RequestRefused as refused:
            return refused.outcome

    def _request(self, site: Site, purpose: str, prev_seq: int = 0) -> bytes:
        now, jti = int(clock.now().timestamp()), str(uuid4())
        payload = claims(iat=now, jti=jti, purpose=purpose, prev_seq=prev_seq)
        return request_file(payload, signer=key(f"system {site.id}"))

    async def _contract(self) -> SeenContract:
        contract = await find_contract(self.pool.owner, self.pool.number)
        assert contract is not None
        return contract
