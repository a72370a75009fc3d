"""Pictures of a contract and its tabs but 環境."""

from app.database import fetch_value
from app.single_sign_on.delegation_services import delegate
from tests.browser.guide.camera import Camera
from tests.resources.files import PLATFORM

CONTRACT = "/contracts/D-1001"


async def take_contracts(camera: Camera) -> None:
    """The list, and the first tab."""
    person = await camera.person("owner")
    await person.visit("/contracts")
    await camera.take("contracts", person, "基幹システム契約")
    await person.visit(CONTRACT)
    await camera.take("contract", person)


async def take_products(camera: Camera) -> None:
    """The tab, and a license key that is about to be added."""
    person = await camera.person("owner")
    await person.visit(f"{CONTRACT}/products")
    await camera.take("products", person, "その他製品を追加")
    await person.press("その他製品を追加")
    await person.fill("ライセンスキー", "DEMO0-CONN8-FREE1-00001")
    await person.press("追加")
    await camera.take("license-key", person, "決定")


async def take_members(camera: Camera) -> None:
    """The tab with an open invitation, the form, and a member's page."""
    person = await camera.person("owner")
    await person.visit(f"{CONTRACT}/invitations/new")
    await person.fill("メールアドレス", "arai@example.com\nsaito@example.com")
    await camera.take("invitation", person, "メールを送信")
    await person.press("メールを送信")
    await person.press("決定")
    await person.visit(f"{CONTRACT}/members")
    await camera.take("members", person, "招待する")
    await person.press("Alex Morgan")
    await camera.take("membership", person, "更新")


async def take_other_systems(camera: Camera) -> None:
    """The list of service accounts with one, the form of a second, and the list of webhooks."""
    person = await camera.person("owner")
    await person.visit(f"{CONTRACT}/service-accounts/new")
    await person.fill("アカウント名", "監視サーバ" if camera.language == "ja" else "Monitoring")
    await person.choose("権限", person.word("読み取り"))
    await person.press("作成")
    await person.press("決定")
    await person.visit(f"{CONTRACT}/service-accounts")
    await camera.take("service-accounts", person, "サービスアカウントを作成")
    await person.press("サービスアカウントを作成")
    await person.fill("アカウント名", "ビルドサーバ" if camera.language == "ja" else "Build server")
    await person.choose("権限", person.word("運用"))
    await camera.take("service-account", person, "作成")
    await person.visit(f"{CONTRACT}/webhooks/new")
    await person.fill("Webhook名", "社内チャット" if camera.language == "ja" else "Team chat")
    await person.choose("受信側", person.word("Microsoft Teamsチャネル"))
    await person.fill("アドレス（URL）", "https://example.webhook.office.com/portal")
    await person.press("作成")
    await person.press("決定")
    await person.visit(f"{CONTRACT}/webhooks")
    await camera.take("webhooks", person, "Webhookを作成")


async def take_single_sign_on(camera: Camera) -> None:
    """The set-up by an owner: the provider, the values to copy, a domain that waits, and SCIM."""
    company = await fetch_value("select company from contract where number = 'D-1001'")
    staff = await fetch_value("select id from portal_user where code = 'staff'")
    await delegate(company, allowed=True, actor=staff)
    person = await camera.person("owner")
    place = f"{CONTRACT}/single-sign-on"
    await person.visit(place)
    await person.fill("発行者（Issuer）", "https://id.example.com")
    await person.fill("クライアントID", "license-portal")
    await camera.take("single-sign-on", person, "登録")
    await person.press("登録")
    await person.press("決定")
    await person.press("クライアントシークレットの設定")
    await person.fill("クライアントシークレット", "quiet lanterns")
    await person.press("設定｜秘密")
    await person.press("DNSで確認")
    await person.fill("ドメイン", "example.com")
    await person.press("レコードを表示")
    await camera.take("single-sign-on-domain", person, "確認｜ドメイン", "example.com")
    await person.visit(f"{place}/provisioning")
    await camera.take("provisioning", person, "トークンを作成", lowest=780)


async def take_group_companies(camera: Camera) -> None:
    """A company that was found."""
    person = await camera.person("owner")
    await person.visit(f"{CONTRACT}/group-companies/new")
    await person.fill("会社名", "ぶつりゅう")
    await person.press("検索")
    await camera.take("group-companies", person, "追加")


async def take_resources(camera: Camera) -> None:
    """The tab, and the components of a file."""
    person = await camera.person("owner")
    await person.visit(f"{CONTRACT}/resources")
    await camera.take("resources", person)
    await person.press("SBOM", PLATFORM)
    await camera.take("sbom", person, "SBOMをダウンロード")


async def take_quotes(camera: Camera) -> None:
    """The draft, and what is asked for."""
    person = await camera.person("owner")
    await person.visit(CONTRACT)
    await person.press("見積依頼")
    await person.choose("ワークフロー 契約内容", person.word("数量を変更"))
    await person.fill("ワークフロー 数量", "600")
    await camera.take("quote", person, "見積依頼", lowest=1600)
    await person.press("見積依頼")
    await camera.take("quote-confirm", person, "決定", lowest=1200)
