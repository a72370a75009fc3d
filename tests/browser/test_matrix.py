"""Every journey by mouse, by keyboard and without JavaScript, in Japanese and English."""

import pytest

from tests.browser.conftest import CastMaker
from tests.browser.journeys import (
    accounts,
    activation_batches,
    activation_codes,
    activations,
    allocations,
    contracts,
    emergency_files,
    environments,
    invitations,
    licensed_system,
    members,
    notices,
    parallel_operations,
    products,
    quotes,
    resources,
    service_accounts,
    sign_in,
    staff,
    staff_license_keys,
    staff_notices,
    staff_quotes,
    staff_resources,
    staff_users,
    webhooks,
    withdrawal,
)
from tests.browser.matrix import EVERYBODY, LANGUAGES, MODES, OTHER_MODES, STATES, Journey
from tests.browser.people import MODES as KINDS

JOURNEYS = (
    sign_in.SIGN_IN,
    contracts.CONTRACT_LIST,
    contracts.CONTRACT_TABS,
    environments.CREATION,
    environments.CHANGE,
    environments.RETIREMENT,
    allocations.ALLOCATION,
    allocations.OTHER_PRODUCTS,
    activations.ACTIVATION,
    activations.RETURN,
    activation_batches.ACTIVATION_BATCH,
    activation_codes.ACTIVATION_CODES,
    resources.DOWNLOAD,
    licensed_system.LICENSED_SYSTEM,
    notices.NOTICES,
    notices.CALENDAR,
    quotes.QUOTE,
    quotes.AFTER,
    withdrawal.WITHDRAWAL,
    products.LICENSE_KEY,
    products.GROUP_COMPANIES,
    products.ALLOCATION_SHEET,
    invitations.INVITATION,
    invitations.OPEN_INVITATIONS,
    members.MEMBERSHIPS,
    service_accounts.SERVICE_ACCOUNTS,
    webhooks.WEBHOOKS,
    accounts.FORGOTTEN,
    accounts.SETTINGS,
    staff.CONTRACT_CREATION,
    staff_quotes.ANSWER,
    staff_notices.PUBLICATION,
    staff_resources.PUBLICATION,
    staff_users.HELP,
    staff_license_keys.BATCH,
    emergency_files.EMERGENCY_FILE,
    parallel_operations.PARALLEL_OPERATION,
)
REQUIRED = {
    "log in, terms, forced password change",
    "contract list",
    "contract page and its tabs",
    "create environment",
    "edit environment",
    "retire environment",
    "allocate",
    "other products",
    "activate: upload, confirm, download",
    "return",
    "activate several: upload a ZIP, choose, confirm, download",
    "activate by QR codes: photographs in, a scanner's text out",
    "filter and download a resource",
    "the page of the licensed system",
    "home, notices and their mails",
    "calendar address",
    "request a quote",
    "withdraw a request for a quote, download the answer",
    "withdraw",
    "add an other product by license key",
    "group companies",
    "allocate by table",
    "invite, and join by the delivered link",
    "send an invitation again, take it back",
    "role, notices, removal, leaving",
    "service accounts: token, renewal, revocation",
    "webhooks: secret, test event, change, pause, removal",
    "forgotten password",
    "profile, mail address, sessions, password",
    "staff: create a contract with its first owner",
    "staff: answer a request for a quote, apply it",
    "staff: write, preview and publish a notice",
    "staff: upload a file and publish it",
    "staff: end sessions, disable an account",
    "staff: issue license keys, revoke one",
    "emergency file: make, confirm, download, use",
    "move with the old system in parallel, end it early",
}
WHOLE = [(j, mode, language) for j in JOURNEYS for mode, language in j.people.cells]
SAMPLE = [
    (j, mode, language)
    for turn, j in enumerate(JOURNEYS)
    for mode, language in j.people.sample(turn)
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Walk the sample, or every cell where the whole matrix is asked for."""
    if "journey" in metafunc.fixturenames:
        walks = WHOLE if metafunc.config.getoption("--whole-matrix") else SAMPLE
        names = [f"{j.name}-{mode}-{language}" for j, mode, language in walks]
        metafunc.parametrize(("journey", "mode", "language"), walks, ids=names)


def test_no_cell_of_the_matrix_is_missing() -> None:
    assert {journey.name for journey in JOURNEYS} == REQUIRED
    assert set(KINDS) == set(MODES) == {"mouse", "keyboard", "no-script"}
    assert LANGUAGES == ("ja", "en") and len(EVERYBODY.cells) == 6
    for journey in JOURNEYS:
        assert set(journey.left_out) < set(STATES), journey.name
        assert all(len(reason) > 20 for reason in journey.left_out.values()), "say why"
        if journey.people.cells != EVERYBODY.cells:
            assert journey.name.startswith("staff: ") and len(journey.people.reason) > 20
        assert {("mouse", "en"), *((mode, "ja") for mode in MODES)} <= set(journey.people.cells)


def test_the_sample_has_every_journey_by_mouse_and_another_way_in_the_other_language() -> None:
    assert all(walk in WHOLE for walk in SAMPLE)
    for journey in JOURNEYS:
        walks = [(mode, language) for j, mode, language in SAMPLE if j is journey]
        assert [mode == "mouse" for mode, _ in walks] == [True, False], journey.name
        if journey.people == EVERYBODY:
            assert {language for _, language in walks} == set(LANGUAGES), journey.name
    everybodys = [(mode, lang) for j, mode, lang in SAMPLE if j.people == EVERYBODY]
    assert set(everybodys) == set(EVERYBODY.cells)
    counts = [sum(mode == other for _, mode, _ in SAMPLE) for other in OTHER_MODES]
    # The ways take turns by two journeys.
    assert max(counts) - min(counts) <= 2, "half of the journeys each"


@pytest.mark.asyncio(loop_scope="session")
async def test_the_journey_reaches_its_states(
    make_cast: CastMaker, journey: Journey, mode: str, language: str
) -> None:
    async with make_cast(mode, language) as cast:
        await journey.walk(cast)
    assert cast.states == journey.states
