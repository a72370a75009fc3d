"""What each picture shows. Names are Japanese; `Person` presses what they are in its language."""

from tests.browser.guide.camera import Camera
from tests.browser.guide.scenes_contract import (
    take_contracts,
    take_group_companies,
    take_members,
    take_other_systems,
    take_products,
    take_quotes,
    take_resources,
    take_single_sign_on,
)
from tests.browser.guide.scenes_environments import (
    take_activation,
    take_allocations,
    take_bulk_allocation,
    take_emergency,
    take_environments,
    take_move,
)
from tests.browser.journeys.sign_in import PASSWORD

ADDRESS = "arai@example.com"


async def take_log_in(camera: Camera) -> None:
    """The log-in page, the terms, the first password change."""
    person = await camera.visitor()
    await person.visit("/login")
    await person.fill("ユーザコードまたはメールアドレス", "newcomer")
    await person.fill("パスワード", PASSWORD)
    await camera.take("log-in", person, "ログイン", lowest=400)
    await camera.cast.site.set_language("newcomer", camera.language)
    await person.press("ログイン")
    await person.tick("利用規約に同意する")
    await camera.take("terms", person, "登録｜規約", lowest=720)
    await person.press("登録｜規約")
    await camera.take("password", person, "変更")


async def take_notices(camera: Camera) -> None:
    """Home, and the list of notices."""
    person = await camera.person("owner")
    await person.visit("/")
    await camera.take("home", person)
    await person.visit("/notices")
    await camera.take("notices", person)


async def take_joining(camera: Camera) -> None:
    """The form behind a mailed link."""
    owner = await camera.person("owner")
    await owner.visit("/contracts/D-1001/invitations/new")
    await owner.fill("メールアドレス", ADDRESS)
    await owner.choose("言語", {"ja": "日本語", "en": "English"}[camera.language])
    await owner.press("メールを送信")
    await owner.press("決定")
    person = await camera.visitor()
    await person.visit(await camera.cast.mailed_link(ADDRESS))
    await camera.take("joining", person, lowest=760)


async def take_personal_settings(camera: Camera) -> None:
    """プロフィール and the devices."""
    person = await camera.person("member")
    await person.visit("/profile")
    await camera.take("profile", person, "更新")
    await person.visit("/profile/sessions")
    await camera.take("sessions", person)


async def take_two_step_log_in(camera: Camera) -> None:
    """Where factors are set up."""
    person = await camera.person("member")
    await person.visit("/profile/second-factors")
    await camera.take("second-factors", person, "認証アプリを設定")


async def take_calendar(camera: Camera) -> None:
    """A fresh address."""
    person = await camera.person("member")
    await person.visit("/profile/calendar")
    await camera.take("calendar", person, "アドレスを作成")


async def take_withdrawal(camera: Camera) -> None:
    """What is deleted."""
    person = await camera.person("member")
    await person.visit("/profile/withdrawal")
    await camera.take("withdrawal", person, "退会手続きへ", lowest=1100)


SCENES = {
    "log-in": take_log_in,
    "notices": take_notices,
    "contracts": take_contracts,
    "products": take_products,
    "environments": take_environments,
    "allocations": take_allocations,
    "bulk-allocation": take_bulk_allocation,
    "activation": take_activation,
    "emergency": take_emergency,
    "move": take_move,
    "members": take_members,
    "joining": take_joining,
    "group-companies": take_group_companies,
    "resources": take_resources,
    "quotes": take_quotes,
    "other-systems": take_other_systems,
    "single-sign-on": take_single_sign_on,
    "personal-settings": take_personal_settings,
    "two-step-log-in": take_two_step_log_in,
    "calendar": take_calendar,
    "withdrawal": take_withdrawal,
}
