"""The films of 環境を利用するための手続き: create, allocate, activate."""

from tests.browser.guide.camera import Camera
from tests.browser.guide.films_activation import (
    film_codes_answer,
    film_codes_request,
    film_emergency,
    film_several,
)
from tests.browser.guide.films_moves import film_parallel
from tests.browser.guide.films_resources import film_resources, film_verify
from tests.browser.guide.recorder import begin
from tests.browser.guide.scenes_environments import LIST, NAME, create, plant_of


async def film_environments(camera: Camera) -> None:
    """Create an environment."""
    film = await begin(camera)
    await film.person.visit(LIST)
    film.say(
        "ご契約の［環境］タブで［新しい環境を作成］を選びます。",
        "On the “Environments” tab of the contract, choose “Create a new environment”.",
    )
    await film.hold()
    await film.press("新しい環境を作成")
    film.say(
        "［環境名］と［ソートキー］を入力します。一覧は数の小さい順に並びます。",
        "Enter “Environment name” and “Sort key”. The list starts with the smallest number.",
    )
    await film.fill("環境名", NAME[camera.language])
    await film.fill("ソートキー", "30")
    await film.hold()
    film.say("［登録］を選びます。", "Choose “Create”.")
    await film.press("登録")
    film.say("内容を確かめて［決定］を選びます。", "Check, and choose “Confirm”.")
    await film.hold()
    await film.press("決定")
    film.say("環境が一覧に加わりました。", "The environment is in the list.")
    await film.point_at(NAME[camera.language])
    film.finish("environments")


async def film_allocations(camera: Camera) -> None:
    """Allocate counts to it."""
    film = await begin(camera)
    await create(film.person)
    await film.person.visit(LIST)
    film.say(
        "［環境］タブで、環境の行の［割り当て］を選びます。",
        "On the “Environments” tab, choose “Allocate” in the environment's row.",
    )
    await film.hold()
    await film.press("割り当て", NAME[camera.language])
    film.say(
        "製品ごとに数量を入力します。「空き」がまだ割り当てられる数です。",
        "Enter a number for each product. “Free” is what can still be allocated.",
    )
    await film.hold()
    await film.fill("業務基盤プラットフォーム", "2")
    await film.fill("ワークフロー", "50")
    film.say("［割り当て］を選びます。", "Choose “Allocate”.")
    await film.press("割り当て")
    film.say(
        "「現在」と「変更後」を確かめて［決定］を選びます。",
        "Compare “Now” and “After”, and choose “Confirm”.",
    )
    await film.hold()
    await film.press("決定")
    film.say("割り当てが一覧に表示されます。", "The list shows the allocation.")
    await film.point_at(NAME[camera.language])
    film.finish("allocations")


async def film_activation(camera: Camera) -> None:
    """Both steps of the portal, with the file of a real licensed system."""
    film = await begin(camera)
    request = plant_of(camera).request()
    await film.person.visit(LIST)
    film.say(
        "ライセンスを適用するシステムで作ったファイルを用意し、環境の行の［利用］を選びます。",
        "Have the licensed system's file ready, and choose “Activate” in the environment's row.",
    )
    await film.hold(2500)
    await film.press("利用", "検証環境")
    film.say(
        "Step 1: ［アクティベーションリクエストファイル］を指定して［登録］を選びます。",
        "Step 1: choose the “Activation request file”, then “Upload”.",
    )
    await film.upload("アクティベーションリクエストファイル", request)
    await film.press("登録｜ファイル")
    film.say(
        "システム名、製品、数量を確かめて［決定］を選びます。",
        "Check system name, products and quantities, and choose “Confirm”.",
    )
    await film.hold(2500)
    await film.press("決定")
    film.say(
        "Step 2: ［ダウンロード］を選び、アクティベーションファイルをシステムに戻します。",
        "Step 2: choose “Download”, and take the activation file back to the system.",
    )
    await film.hold(2000)
    await film.move(await film.person._control("ダウンロード", ""))
    await film.hold(3000)
    film.finish("activation")


FILMS = {
    "environments-film": film_environments,
    "allocations-film": film_allocations,
    "activation-film": film_activation,
    "activate-several-film": film_several,
    "codes-request-film": film_codes_request,
    "codes-answer-film": film_codes_answer,
    "emergency-film": film_emergency,
    "parallel-film": film_parallel,
    "resources-film": film_resources,
    "verify-film": film_verify,
}
