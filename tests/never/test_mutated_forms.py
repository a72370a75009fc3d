"""Whatever is sent in place of a form gets an answer, and never a server error."""

from random import Random

from tests.conftest import Portal
from tests.never.console_filler import ConsoleFiller
from tests.never.form_filler import WEIGHTS, FormFiller
from tests.never.mutations import Sent, mutate

SAMPLE = 900


async def test_mutated_forms_never_get_a_server_error(portal: Portal) -> None:
    people = {
        "anonymous": portal.anonymous(),
        "owner": await portal.signed_in("owner"),
        "newcomer": await portal.signed_in("newcomer"),
    }
    for client in people.values():
        # Most of what is sent is no page of the portal's; checking each would take minutes.
        client.event_hooks = {}
        del client.headers["sec-fetch-site"]
    filler = FormFiller(people, seed=1)
    await filler.look_around()
    await filler.send_some(SAMPLE)
    assert filler.answers.wrong == []
    sent = {name for name, _ in filler.answers.statuses}
    assert sent >= set(WEIGHTS), "a form that no mutation reaches"
    statuses = {status for _, status in filler.answers.statuses}
    assert statuses >= {200, 303, 400, 403, 404, 405, 413, 422}, "an answer that none provokes"


async def test_mutated_forms_of_the_console_never_get_a_server_error(portal: Portal) -> None:
    staff = await portal.signed_in("staff")
    staff.event_hooks = {}
    del staff.headers["sec-fetch-site"]
    filler = ConsoleFiller({"staff": staff}, seed=1)
    await filler.look_around()
    await filler.send_some(SAMPLE)
    assert filler.answers.wrong == []
    statuses = {status for _, status in filler.answers.statuses}
    assert statuses >= {200, 303, 400, 403, 404, 405, 422}, "an answer that none provokes"


def test_the_same_seed_breaks_a_form_in_the_same_way() -> None:
    form = Sent("/login", (("code", "owner"), ("password", "no")))

    def broken(seed: int) -> list[Sent]:
        random = Random(seed)
        return [mutate(form, random) for _ in range(50)]

    assert broken(7) == broken(7)
    assert broken(7) != broken(8)
