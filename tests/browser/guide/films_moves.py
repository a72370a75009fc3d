"""The film of a move in which the old system goes on for some days."""

from tests.browser.guide.camera import Camera
from tests.browser.guide.recorder import begin
from tests.browser.guide.scenes_environments import LIST, issue, plant_of

OLD = {"ja": "検証サーバ（旧）", "en": "Old test server"}
NEW = {"ja": "検証サーバ（新）", "en": "New test server"}


async def film_parallel(camera: Camera) -> None:
    """Choose the days at the confirmation of the move, and see until when the old system runs."""
    film = await begin(camera)
    old = plant_of(camera, OLD[camera.language], "old")
    await issue(film.person, old)
    old.activate(await film.person.download("ダウンロード", camera.folder))
    request = plant_of(camera, NEW[camera.language], "new").request()
    await film.person.visit(LIST)
    film.say(
        "新しいサーバのリクエストファイルを用意し、環境の行の［利用］を選びます。",
        "Have the request file of the new server ready. Select “Activate” in the row.",
    )
    await film.press("利用", "検証環境")
    film.say("ファイルを指定して［登録］を選びます。", "Select the file, then “Upload”.")
    await film.upload("アクティベーションリクエストファイル", request)
    await film.press("登録｜ファイル")
    film.say(
        "移行の確認画面で［旧システムを並行稼働する］を選びます。",
        "On the confirm page of the move, select “Run the old system in parallel”.",
    )
    await film.hold()
    await film.press("旧システムを並行稼働する")
    film.say("日数を入力して［次へ］を選びます。", "Enter the days and select “Continue”.")
    await film.fill("並行稼働の日数", "14")
    await film.press("次へ")
    film.say(
        "旧システムの最終日を確かめて［決定］を選びます。",
        "Check the last day of the old system, and select “Confirm”.",
    )
    fact = film.person.word("旧システムの並行稼働")
    await film.show(film.page.get_by_text(fact, exact=True), 2500)
    await film.press("決定")
    film.say(
        "［ダウンロード］を選び、新しいシステムに適用します。",
        "Select “Download”, and apply the file on the new system.",
    )
    await film.download("ダウンロード")
    await film.person.visit(LIST)
    await film.press("利用", "検証環境")
    film.say(
        "［利用］の画面に、両方のシステムと旧システムの最終日が表示されます。",
        "“Activate” shows both systems and the last day of the old one.",
    )
    await film.show(film.page.get_by_text(OLD[camera.language]).first, 2500)
    film.say(
        "旧システムを停止したら、返却ファイルを登録するか［並行稼働を終了］を選びます。",
        "When it has stopped, upload its return file or select “End parallel operation”.",
    )
    await film.move(await film.person._control("並行稼働を終了", ""))
    await film.hold(3000)
    film.finish("parallel")
