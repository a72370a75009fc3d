"""The page ライセンス管理 of the licensed system, with the portal between its steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from licensed_system.languages import Language
from licensed_system.page_handler import PageHandler
from licensed_system.page_server import PageServer, Served
from tests.browser.cast import Cast
from tests.browser.journeys.environments import LIST
from tests.browser.matrix import Journey
from tests.browser.plant import LicensedSystem


@contextmanager
def page_of(plant: LicensedSystem) -> Iterator[str]:
    """Serve the page while the block runs; answers the address that opens it once."""
    language: Language = "ja" if plant.language == "ja" else "en"
    served = Served(plant.store, language, lambda: datetime.now(UTC), plant.machine)
    with PageServer(0, PageHandler, served) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.address
        finally:
            server.shutdown()
            thread.join()


async def walk(cast: Cast) -> None:
    """Step 1 here, Step 2 in the portal, Step 3 here."""
    plant = cast.licensed_system()
    with page_of(plant) as address:
        person = await cast.visitor(address.partition("/?")[0])
        await person.visit(address)
        await person.sees("ライセンスなし")
        await cast.reached("empty", person)
        await person.press("アクティベート")
        await person.sees_error("アクティベーションファイル")
        await cast.reached("error", person)
        request = await person.download("ダウンロード", cast.folder)
        assert request.name == "activation-request.jwt"
        file = await _through_the_portal(cast, request)
        await person.visit("/")
        await person.upload("アクティベーションファイル", file)
        await person.press("アクティベート")
        await cast.look(person)
        plant.activate(file)
        await person.press("決定")
        await cast.reached("conflict", person)
        again = await _through_the_portal(cast, plant.request())
        await person.visit("/")
        await person.upload("アクティベーションファイル", again)
        await person.press("アクティベート")
        await person.press("決定")
        await person.sees("アクティベーションを適用しました")
        await person.sees("ライセンス有効")
        await cast.reached("done", person)


async def _through_the_portal(cast: Cast, request: Path) -> Path:
    owner = await cast.person("owner")
    await owner.visit(LIST)
    await owner.press("利用", "検証環境")
    await owner.upload("アクティベーションリクエストファイル", request)
    await owner.press("登録｜ファイル")
    await owner.press("決定")
    return await owner.download("ダウンロード", cast.folder)


LICENSED_SYSTEM = Journey("the page of the licensed system", walk)
