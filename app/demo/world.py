"""Who and what is in the demo world. Dates count from the day it is first made."""

from uuid import UUID

from app import clock
from app.accounts import services as accounts
from app.accounts.rules import Viewer
from app.contracts import services as contracts
from app.contracts.rules import Role
from app.database import fetch_value, unit_of_work
from app.days import JAPAN
from app.demo.environments import make_environments
from app.demo.license_keys import make_other_products
from app.demo.made import World
from app.demo.offers import make_notices, make_quote, make_resources
from app.demo.terms_of_use import TERMS_EN, TERMS_JA
from app.products import services as products
from app.secret.services import know_secret
from app.settings import Settings

PASSWORD = "portal-demo-2026"  # noqa: S105 - shown on the demo's log-in page
SALES = ("営業一部 山田 太郎", "sales@example.org", "03-0000-0100")
PRODUCTS = [
    ("PLATFORM", "業務基盤プラットフォーム", "Business Platform", "servers", "5.0"),
    ("WORKFLOW", "ワークフロー", "Workflow", "users", "3.2"),
    ("ANALYTICS", "分析ダッシュボード", "Analytics Dashboard", "users", "2.1"),
    ("REPORTS", "帳票出力", "Report Writer", "users", "1.8"),
    ("MOBILE", "モバイル連携", "Mobile Connect", "users", "4.0"),
    ("CONNECTOR", "外部接続オプション", "External Connector", "cores", "1.0"),
]
# number, name, company, first and last day from D, products with quantity
CONTRACTS = [
    (
        "D-1001",
        "基幹システム契約",
        "サンプル商事株式会社",
        (-200, 165),
        [("PLATFORM", 10), ("WORKFLOW", 500), ("ANALYTICS", 100)],
    ),
    (
        "D-1002",
        "開発部門契約",
        "サンプル商事株式会社",
        (-340, 25),
        [("PLATFORM", 4), ("WORKFLOW", 50)],
    ),
    ("D-1003", "旧倉庫システム契約", "サンプル商事株式会社", (-800, -70), [("PLATFORM", 2)]),
    (
        "D-1004",
        "新店舗契約",
        "サンプル物流株式会社",
        (0, 364),
        [("PLATFORM", 2), ("MOBILE", 20)],
    ),
    (
        "D-2001",
        "他社契約",
        "見本製作所株式会社",
        (-100, 265),
        [("PLATFORM", 6), ("WORKFLOW", 200)],
    ),
]
COMPANIES = [
    ("サンプル商事株式会社", "サンプルショウジ", True),
    ("サンプル物流株式会社", "サンプルブツリュウ", True),
    ("サンプル情報サービス株式会社", "サンプルジョウホウサービス", True),
    ("サンプルホールディングス株式会社", "サンプルホールディングス", True),
    ("見本製作所株式会社", "ミホンセイサクショ", False),
]
# user code, name, mail address, language, staff role
USERS = [
    ("staff", "管理 花子", "staff@example.org", "ja", "administrator"),
    ("clerk", "受付 次郎", "clerk@example.org", "ja", "operator"),
    ("auditor", "監査 三郎", "auditor@example.org", "ja", "viewer"),
    ("owner", "鈴木 一郎", "owner@example.com", "ja", None),
    ("member", "佐藤 美咲", "member@example.com", "ja", None),
    ("newcomer", "高橋 健", "newcomer@example.com", "ja", None),
    ("outsider", "田中 誠", "outsider@example.net", "ja", None),
    ("english", "Alex Morgan", "english@example.com", "en", None),
]
MEMBERSHIPS = [
    ("owner", "D-1001", Role.OWNER),
    ("owner", "D-1003", Role.OWNER),
    ("owner", "D-1002", Role.MEMBER),
    ("member", "D-1001", Role.MEMBER),
    ("english", "D-1001", Role.MEMBER),
    ("newcomer", "D-1004", Role.OWNER),
    ("outsider", "D-2001", Role.OWNER),
]


async def make_world(settings: Settings) -> None:
    """Make the demo world where it is missing; all of it or nothing."""
    # Its people may have withdrawn; its contracts stay.
    if await fetch_value("select 1 from contract limit 1") is not None:
        return
    await know_secret(settings)
    world = World(settings, clock.today(JAPAN))
    async with unit_of_work():
        await _make_people(world)
        await _make_contracts(world)
        await make_other_products(world)
        await make_environments(world)
        await make_resources(world)
        await make_notices(world)
        await make_quote(world)


async def _make_people(world: World) -> None:
    terms = await accounts.publish_terms_of_use(TERMS_JA, TERMS_EN)
    for code, name, email, language, staff_role in USERS:
        id = world.users[code] = await accounts.create_user(
            code=code,
            name=name,
            email=email,
            password=PASSWORD,
            language=language,
            must_change_password=code == "newcomer",
            staff_role=staff_role,
            actor=world.users.get("staff"),
        )
        if code != "newcomer":
            await accounts.accept_terms_of_use(_as_viewer(id, code, name, language), terms)


def _as_viewer(id: UUID, code: str, name: str, language: str) -> Viewer:
    return Viewer(
        id=id,
        session=id,
        code=code,
        name=name,
        language=language,
        staff_role=None,
        terms_accepted=False,
        must_change_password=False,
    )


async def _make_contracts(world: World) -> None:
    group = await contracts.create_corporate_group("サンプルグループ", actor=world.staff)
    for name, reading, in_group in COMPANIES:
        world.companies[name] = await contracts.create_company(
            name, reading, corporate_group=group if in_group else None, actor=world.staff
        )
    for code, name_ja, name_en, unit, version in PRODUCTS:
        world.products[code] = await products.create_product(
            code=code,
            name_ja=name_ja,
            name_en=name_en,
            unit=unit,
            version=version,
            actor=world.staff,
        )
    for number, name, company, days, ordered in CONTRACTS:
        term = world.term(days)
        world.contracts[number] = await contracts.create_contract(
            number=number,
            name=name,
            company=world.companies[company],
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            sales=SALES,
            actor=world.staff,
        )
        for code, quantity in ordered:
            await _entitle(world, number, code, quantity, days)
    await _entitle(world, "D-1001", "REPORTS", 50, (-200, -30))
    for code, number, role in MEMBERSHIPS:
        await contracts.add_membership(
            user=world.users[code],
            contract=world.contracts[number],
            role=role,
            actor=world.staff,
        )


async def _entitle(
    world: World, number: str, code: str, quantity: int, days: tuple[int, int]
) -> None:
    world.entitlements[number, code] = await products.add_entitlement(
        contract=world.contracts[number],
        product=world.products[code],
        quantity=quantity,
        term=world.term(days),
        actor=world.staff,
    )
