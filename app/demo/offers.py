"""The demo's resources, notices and the answered quote request."""

from collections.abc import AsyncIterator

from app import clock
from app.activation.signing_keys.services import open_office
from app.demo.files import PLATFORM_BYTES, archive, pdf
from app.demo.made import World
from app.demo.sboms import cyclonedx
from app.notices.services import compose_notice, publish_notice
from app.notices.values import NoticeValues
from app.quotes.answer_services import answer_quote, store_answer
from app.quotes.rules import Wish
from app.quotes.services import Wanted, request_quote
from app.resources.sbom_rules import Sbom, read_sbom
from app.resources.sbom_services import attach_sbom
from app.resources.services import publish_resource
from app.resources.upload_services import upload_file
from app.storage import open_storage

RESOURCES = [
    ("PLATFORM", "業務基盤プラットフォーム_導入パッケージ.zip", "5.0.2", PLATFORM_BYTES),
    ("WORKFLOW", "ワークフロー_更新パッチ.zip", "3.2.1", 40_000),
    ("REPORTS", "帳票出力_テンプレート集.zip", "1.8.0", 0),
    ("MOBILE", "モバイル連携_設定ガイド.zip", "4.0.0", 0),
]


async def make_resources(world: World) -> None:
    """A real file for each of four products."""
    storage = open_storage(world.settings)
    office = await open_office(world.settings, clock.now())
    for code, name, version, size in RESOURCES:
        content = archive(code.lower(), f"{code} {version}\n", size=size)
        upload = await upload_file(
            storage,
            _whole(content),
            name=name,
            media_type="application/zip",
            actor=world.staff,
        )
        resource = await publish_resource(
            upload=upload,
            version=version,
            products=[world.products[code]],
            actor=world.staff,
            security_fix=code == "WORKFLOW",
            office=office,
        )
        if code == "PLATFORM":
            content = cyclonedx("platform", version)
            sbom = read_sbom(content)
            assert isinstance(sbom, Sbom)
            await attach_sbom(resource=resource, sbom=sbom, content=content, actor=world.staff)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


NOTICES = [
    (
        "WORKFLOW",
        {
            "title_ja": "ワークフロー 3.2.1 の提供開始",
            "title_en": "Workflow 3.2.1 is available",
            "body_ja": "承認経路の表示を改善した更新パッチを公開しました。"
            "リソースからダウンロードできます。",
            "body_en": "An update that improves how approval routes are shown is ready under"
            " Resources.",
        },
    ),
    (
        "MOBILE",
        {
            "title_ja": "モバイル連携 4.0 のメンテナンス",
            "title_en": "Maintenance of Mobile Connect 4.0",
            "body_ja": "来月の第一日曜日に、通知の中継サーバを停止して点検します。",
            "body_en": "The relay of push messages is down for maintenance on the first Sunday of"
            " next month.",
        },
    ),
]


async def make_notices(world: World) -> None:
    """One notice that the people of D-1001 see, and one that they do not; neither by mail."""
    for code, words in NOTICES:
        values = NoticeValues(**words, products=[world.products[code]])
        notice = await compose_notice(values, actor=world.staff)
        await publish_notice(notice, by_mail=False, actor=world.staff)


async def make_quote(world: World) -> None:
    """A quote request of D-1001 that the vendor has answered with a PDF."""
    requested = await request_quote(
        None,
        contract=world.contracts["D-1001"],
        wanted=[
            Wanted(Wish.RENEW, entitlement=world.entitlements["D-1001", "ANALYTICS"]),
            Wanted(Wish.RENEW, entitlement=world.entitlements["D-1001", "PLATFORM"]),
            Wanted(Wish.CHANGE, world.entitlements["D-1001", "WORKFLOW"], quantity=600),
            Wanted(Wish.ADD, product=world.products["MOBILE"], quantity=30),
        ],
        note="来期の増員に合わせて見積をお願いします。",
        actor=world.users["owner"],
    )
    content = pdf(
        [
            "QUOTATION",
            "Contract D-1001",
            "Business Platform   10 servers   renewal",
            "Workflow   600 users   renewal",
            "Analytics Dashboard   100 users   renewal",
            "Mobile Connect   30 users   new",
        ]
    )
    attachment = await store_answer(
        open_storage(world.settings),
        request=requested.id,
        name="お見積書_D-1001.pdf",
        content=content,
    )
    await answer_quote(
        None,
        request=requested.id,
        message="お見積書をお送りします。ご不明な点は担当までお問い合わせください。",
        attachment=attachment,
        actor=world.users["clerk"],
    )
