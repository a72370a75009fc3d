"""Pictures of 環境を利用するための手続き."""

import zipfile
from pathlib import Path

from benchmarks.photographs import photograph
from licensed_system.parts import split
from tests.browser.guide.camera import Camera
from tests.browser.journeys.licensed_system import page_of
from tests.browser.people import Person
from tests.browser.plant import LicensedSystem

LIST = "/contracts/D-1001/environments"
NAME = {"ja": "製造ライン1", "en": "Production line 1"}
# Of several: the system that the portal knows, and a new one, not called as its environment.
KNOWN = {"ja": "検証サーバ", "en": "Test server"}
NEW = {"ja": "ライン制御サーバ", "en": "Line server"}


def plant_of(camera: Camera, name: str = "", place: str = "") -> LicensedSystem:
    """A licensed system that trusts the demo's root, named as the environment of the scenes."""
    root = camera.cast.site.settings.data_dir / "trust" / "root.pem"
    folder = camera.folder / place
    folder.mkdir(exist_ok=True)
    return LicensedSystem(folder, root, camera.language, name or NAME[camera.language])


async def create(person: Person) -> None:
    """An environment of its own for the scene."""
    await person.visit(f"{LIST}/new")
    await person.fill("環境名", NAME[person.language])
    await person.fill("ソートキー", "30")
    await person.press("登録")
    await person.press("決定")


async def several_requests(camera: Camera) -> Path:
    """Return a ZIP file with the requests of a system that is known and of one that is new."""
    person = await camera.person("owner")
    await create(person)
    await person.visit(LIST)
    await person.press("割り当て", NAME[camera.language])
    await person.fill("ワークフロー", "50")
    await person.press("割り当て")
    await person.press("決定")
    known = plant_of(camera, KNOWN[camera.language], "known")
    await issue(person, known)
    known.activate(await person.download("ダウンロード", camera.folder))
    new = plant_of(camera, NEW[camera.language], "new")
    archive = camera.folder / "requests.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name, plant in (("test-server", known), ("line-server", new)):
            out.write(plant.request(), f"{name}.jwt")
    return archive


async def issue(person: Person, plant: LicensedSystem) -> None:
    """Take a system's request through the portal, up to the page of its activation file."""
    await person.visit(LIST)
    await person.press("利用", "検証環境")
    await person.upload("アクティベーションリクエストファイル", plant.request())
    await person.press("登録｜ファイル")
    await person.press("決定")


def place_label(camera: Camera) -> str:
    """Return the name of the field for the environment of the new system."""
    name = NEW[camera.language]
    return {"ja": f"{name} の環境", "en": f"Environment of {name}"}[camera.language]


async def take_environments(camera: Camera) -> None:
    """The tab, the form, the confirm page."""
    person = await camera.person("owner")
    await person.visit(LIST)
    await camera.take("environments", person, "新しい環境を作成")
    await person.press("新しい環境を作成")
    await person.fill("環境名", NAME[camera.language])
    await person.fill("ソートキー", "30")
    await camera.take("environment", person, "登録", lowest=720)
    await person.press("登録")
    await camera.take("environment-confirm", person, "決定")


async def take_allocations(camera: Camera) -> None:
    """The row, the form, the confirm page."""
    person = await camera.person("owner")
    await create(person)
    await person.visit(LIST)
    await camera.take("allocate", person, "割り当て", NAME[camera.language])
    await person.press("割り当て", NAME[camera.language])
    await person.fill("業務基盤プラットフォーム", "2")
    await person.fill("ワークフロー", "50")
    await camera.take("allocations", person, "割り当て", lowest=900)
    await person.press("割り当て")
    await camera.take("allocations-confirm", person, "決定")


async def take_bulk_allocation(camera: Camera) -> None:
    """What a pasted table would do."""
    person = await camera.person("owner")
    await person.visit("/contracts/D-1001/allocation-sheet")
    head = {"ja": "環境,製品,数量", "en": "Environment,Product,Quantity"}[camera.language]
    await person.press("表の貼り付けまたはファイルで割り当て")
    lines = ["本番環境,WORKFLOW,320", "検証環境,WORKFLOW,30", "検証環境,ANALYTICS,10"]
    await person.fill("表", "\n".join([head, *lines]))
    await person.press("内容を確認")
    await camera.take("bulk-allocation", person, "割り当て", lowest=760)


async def take_activation(camera: Camera) -> None:
    """The licensed system's page, both steps of the portal, and back."""
    plant = plant_of(camera)
    person = await camera.person("owner")
    with page_of(plant) as address:
        there = await camera.visitor(address.partition("/?")[0])
        await there.visit(address)
        await camera.take("system-request", there, "ダウンロード")
        request = await there.download("ダウンロード", camera.folder)
        await person.visit(LIST)
        await person.press("利用", "検証環境")
        await person.upload("アクティベーションリクエストファイル", request)
        await camera.take("activation-upload", person, "登録｜ファイル")
        await person.press("登録｜ファイル")
        await camera.take("activation-confirm", person, "決定", lowest=1000)
        await person.press("決定")
        await camera.take("activation-download", person, "ダウンロード", lowest=900)
        file = await person.download("ダウンロード", camera.folder)
        await there.visit("/")
        await there.upload("アクティベーションファイル", file)
        await there.press("アクティベート")
        await camera.take("system-confirm", there, "決定")
    await _take_codes(camera, person, plant)
    await take_several(camera)


async def take_several(camera: Camera) -> None:
    """The choice among the files of two systems, and the one file that comes back."""
    archive = await several_requests(camera)
    person = await camera.person("owner")
    await person.visit(LIST)
    await person.press("まとめてアクティベート")
    await person.upload("アクティベーションリクエストファイル｜まとめて", archive)
    await person.press("登録｜ファイル")
    await person.fill(place_label(camera), NAME[camera.language])
    await camera.take("several-choice", person, "確認｜ファイル")
    await person.press("確認｜ファイル")
    await person.press("決定")
    await person.visit(person.page.url.partition("?")[0])
    await camera.take("several-download", person, "ダウンロード", lowest=960)


async def _take_codes(camera: Camera, person: Person, plant: LicensedSystem) -> None:
    """A request of which one code was photographed, and the codes of the answer."""
    first, second = split(plant.request().read_bytes())
    photo = camera.folder / "IMG_1.jpg"
    photo.write_bytes(photograph(first, None, "m", 1))
    await person.visit(LIST)
    await person.press("利用", "検証環境")
    await person.press("写真から読み取る")
    await person.upload("QRコードの写真", photo)
    await person.press("登録｜ファイル")
    await camera.take("activation-photos", person, lowest=680)
    photo.write_bytes(photograph(second, None, "m", 2))
    await person.upload("QRコードの写真", photo)
    await person.press("登録｜ファイル")
    await person.press("決定")
    await person.press("QRコードで表示")
    await person.page.wait_for_load_state("networkidle")
    await camera.take("activation-codes", person, lowest=1090)


async def take_move(camera: Camera) -> None:
    """What the list says after an allocation has changed."""
    person = await camera.person("owner")
    await person.visit(LIST)
    await person.press("割り当て", "本番環境")
    await person.fill("ワークフロー", "350")
    await person.press("割り当て")
    await person.press("決定")
    await person.visit(LIST)
    await camera.take("again", person, "利用", "本番環境")


async def take_emergency(camera: Camera) -> None:
    """The page with one file that is ready."""
    person = await camera.person("owner")
    await person.visit(LIST)
    await person.press("利用", "本番環境")
    await person.press("緊急用ファイル一覧")
    await person.press("緊急用ファイルを作成")
    await person.press("決定")
    file = f"{person.word('緊急用ファイル')} 1"
    await camera.take("emergency", person, "ダウンロード", file, lowest=900)
