"""The demo's mailbox shows every mail, safely, and exists in the demo only."""

from dataclasses import replace

import pytest

from app import clock
from app.database import unit_of_work, uuid7
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.main import make_app
from tests.conftest import Portal
from tests.mail.post import deliver, link, newest
from tests.pages import elements


async def test_a_mail_is_found_on_the_list_and_its_link_can_be_followed(portal: Portal) -> None:
    async with portal.anonymous() as client:
        await client.post("/password/forgotten", data={"account": "owner"})
        await deliver(portal.settings)
        [(id, mail)] = (await deliver(portal.settings)).items()
        listed = (await client.get("/demo/mail")).text
        assert f'href="/demo/mail/{id}"' in listed and "owner@example.com" in listed
        read = (await client.get(f"/demo/mail/{id}")).text
        links = [attrs["href"] for tag, attrs in elements(read) if tag == "a"]
        assert link(mail) in links
        assert f'<br><a href="{link(mail)}">' in read, "a line of its own"
        assert (await client.get(link(mail))).status_code == 200


async def test_what_a_mail_holds_is_shown_and_never_run(portal: Portal) -> None:
    evil = Recipient("x@example.com", "<script>alert(1)</script>", "en")
    async with unit_of_work():
        id = await enqueue(portal.settings, "password-changed", evil, changed_at=clock.now())
    await newest(portal.settings)
    async with portal.anonymous() as client:
        for address in ("/demo/mail", f"/demo/mail/{id}"):
            page = await client.get(address)
            assert "<script>alert" not in page.text
            assert "&lt;script&gt;alert(1)" in page.text
        assert "&amp;lt;script&amp;gt;" in page.text, "the HTML part is shown as its source"


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_mail_that_is_not_there_is_not_found(portal: Portal, language: str) -> None:
    async with portal.anonymous() as client:
        client.headers["Accept-Language"] = language
        assert (await client.get(f"/demo/mail/{uuid7()}")).status_code == 404
        assert (await client.get("/demo/mail/..%2f..%2fsecret")).status_code == 404


async def test_outside_the_demo_there_is_no_mailbox(portal: Portal) -> None:
    real = replace(portal.settings, demo=False)
    async with unit_of_work():
        id = await enqueue(
            real, "password-changed", Recipient("x@example.com", "", "en"), changed_at=clock.now()
        )
    await deliver(real)
    async with replace(portal, app=make_app(real, portal.dsn), settings=real).anonymous() as client:
        for address in ("/demo/mail", f"/demo/mail/{id}"):
            assert (await client.get(address)).status_code == 404
        assert "/demo/mail" not in (await client.get("/login")).text
        assert "/demo/mail" not in (await client.get("/password/forgotten/sent")).text
