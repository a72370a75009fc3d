"""Every place of the console, looked at as its people see it."""

import pytest

from app.database import fetch_value
from tests.browser.conftest import CastMaker

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLACES = (
    *("/staff", "/staff/search?words=D-1", "/staff/companies", "/staff/contracts"),
    *("/staff/contracts/D-1001", "/staff/quotes", "/staff/products", "/staff/license-keys"),
    *("/staff/activations", "/staff/resources", "/staff/notices", "/staff/users", "/staff/mail"),
    *("/staff/keys", "/staff/audit", "/staff/terms", "/staff/imports", "/staff/imports/new"),
    *("/staff/service-accounts", "/staff/service-accounts/new"),
    *("/staff/webhooks", "/staff/webhooks/new"),
)


@pytest.mark.parametrize("language", ["ja", pytest.param("en", marks=pytest.mark.remainder)])
async def test_every_place_of_the_console_is_in_order(make_cast: CastMaker, language: str) -> None:
    async with make_cast("mouse", language) as cast:
        person = await cast.person("staff")
        for place in PLACES:
            await person.visit(place)
            await cast.look(person)
        reference = await fetch_value("select reference from quote_request limit 1")
        activation = await fetch_value("select id from activation limit 1")
        for place in (f"/staff/quotes/{reference}", f"/staff/activations/{activation}"):
            await person.visit(place)
            await cast.look(person)
