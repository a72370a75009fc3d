"""Bills of materials: what is recognised, how they are attached, and who sees them."""

import json
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import httpx
import pytest

from app.database import fetch, fetch_value
from app.demo.sboms import COMPONENTS, cyclonedx
from app.resources.sbom_rules import (
    LONGEST_SHOWN,
    MOST_COMPONENTS,
    MOST_SBOM_BYTES,
    Component,
    Sbom,
    SbomFault,
    SbomFormat,
    read_sbom,
)
from app.resources.sbom_services import attach_sbom
from tests.conftest import Portal
from tests.conventions.test_queries import MOST, queries
from tests.pages import elements
from tests.resources.files import PLATFORM, WORKFLOW, resource_id
from tests.staff.steps import confirmed, message

HOSTILE = '<script>alert(1)</script>\u202e\x07 & "quotes"'


def bom(*components: Any, **changes: Any) -> bytes:
    """A CycloneDX file."""
    whole = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components)}
    return json.dumps(whole | changes).encode()


def spdx(*packages: Any, version: str = "SPDX-2.3") -> bytes:
    """An SPDX file."""
    return json.dumps({"spdxVersion": version, "packages": list(packages)}).encode()


def test_cyclonedx_is_read_with_groups_licenses_and_nested_components() -> None:
    found = read_sbom(
        bom(
            {
                "group": "org.example",
                "name": "core",
                "version": "1.0",
                "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own terms"}}],
                "purl": "pkg:maven/org.example/core@1.0",
                "components": [{"name": "inner", "licenses": [{"expression": "MIT OR ISC"}]}],
            },
            {"name": "last"},
        )
    )
    assert found == Sbom(
        SbomFormat.CYCLONEDX,
        "1.6",
        [
            Component(
                "org.example/core", "1.0", "MIT / Own terms", "pkg:maven/org.example/core@1.0"
            ),
            Component("inner", "", "MIT OR ISC", ""),
            Component("last", "", "", ""),
        ],
    )


def test_spdx_is_read_with_what_it_knows() -> None:
    purl = {"referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}
    found = read_sbom(
        spdx(
            {
                "name": "a",
                "versionInfo": "1",
                "licenseConcluded": "NOASSERTION",
                "licenseDeclared": "MIT",
                "externalRefs": [{"referenceType": "cpe23Type", "referenceLocator": "x"}, purl],
            },
            {"name": "b", "licenseDeclared": "NONE"},
        )
    )
    components = [Component("a", "1", "MIT", "pkg:npm/a@1"), Component("b", "", "", "")]
    assert found == Sbom(SbomFormat.SPDX, "2.3", components)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", SbomFault.EMPTY),
        (b" \n", SbomFault.EMPTY),
        (b" " * MOST_SBOM_BYTES + b"{}", SbomFault.TOO_LARGE),
        (b"<bom/>", SbomFault.NOT_JSON),
        (b"\xff\xfe{}", SbomFault.NOT_JSON),
        (b"[]", SbomFault.NOT_JSON),
        (b'{"bomFormat": "CycloneDX", "bomFormat": "x"}', SbomFault.NOT_JSON),
        (b'{"a": ' * 50_000, SbomFault.NOT_JSON),
        (b'{"a": 1e999}', SbomFault.NOT_JSON),
        (b'{"name": "\\u0000"}', SbomFault.NOT_JSON),
        (b"{}", SbomFault.UNKNOWN_FORMAT),
        (b'{"bomFormat": "cyclonedx", "specVersion": "1.6"}', SbomFault.UNKNOWN_FORMAT),
        (bom(specVersion="2.0"), SbomFault.UNKNOWN_VERSION),
        (bom(specVersion="1.6\n"), SbomFault.UNKNOWN_VERSION),
        (bom(specVersion=1.6), SbomFault.UNKNOWN_VERSION),
        (spdx(version="SPDX-3.0"), SbomFault.UNKNOWN_VERSION),
        (bom("x"), SbomFault.WRONG_COMPONENT),
        (bom({}), SbomFault.WRONG_COMPONENT),
        (bom({"name": 1}), SbomFault.WRONG_COMPONENT),
        (bom({"name": "\u200b"}), SbomFault.WRONG_COMPONENT),
        (bom({"name": "a", "licenses": "MIT"}), SbomFault.WRONG_COMPONENT),
        (bom({"name": "a", "licenses": [{"license": "MIT"}]}), SbomFault.WRONG_COMPONENT),
        (bom(components={}), SbomFault.WRONG_COMPONENT),
        (spdx({"name": "a", "externalRefs": [1]}), SbomFault.WRONG_COMPONENT),
        (bom(*[{"name": "a"}] * (MOST_COMPONENTS + 1)), SbomFault.TOO_MANY),
    ],
    ids=range(25),
)
def test_what_is_no_bill_of_materials_is_refused_with_the_reason(
    content: bytes, fault: SbomFault
) -> None:
    assert read_sbom(content) is fault


def test_a_table_shows_long_and_invisible_text_short_and_on_one_line() -> None:
    found = read_sbom(bom({"name": f"a\n{'x' * 1000}", "version": "1\u202e\x07 2"}))
    assert isinstance(found, Sbom)
    [component] = found.components
    assert len(component.name) == LONGEST_SHOWN and component.name.startswith("a xxx")
    assert component.name.endswith("…") and component.version == "1 2"


@pytest.fixture
async def clerk(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """An operator of the vendor, signed in."""
    async with await portal.signed_in("clerk") as client:
        yield client


async def attach(client: httpx.AsyncClient, content: bytes, name: str = WORKFLOW) -> httpx.Response:
    """Send a file as the SBOM of a resource."""
    path = f"/staff/resources/{await resource_id(name)}/sbom"
    return await client.post(path, files={"sbom": ("bom.json", content, "application/json")})


async def noted(name: str = WORKFLOW) -> list[str]:
    """What the audit log has of the SBOM of a resource."""
    rows = await fetch(
        "select event_type from audit_event where subject = $1 and event_type like '%sbom%'"
        " order by id",
        await resource_id(name),
    )
    return [row["event_type"] for row in rows]


async def test_an_sbom_is_attached_replaced_and_removed(
    clerk: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    shown = f"/contracts/D-1001/resources/{await resource_id(WORKFLOW)}/sbom"
    assert (await member.get(shown)).status_code == 404
    first, second = cyclonedx("a", "1"), spdx({"name": "only-one"})
    answer = await attach(clerk, first)
    statement = await clerk.get(answer.headers["location"])
    assert "CycloneDX 1.6" in statement.text and "置き換わります" not in statement.text
    assert (await member.get(shown)).status_code == 404, "not before it is confirmed"
    page = await confirmed(clerk, answer.headers["location"])
    assert (
        message(page.text) == "SBOMを添付しました。"
        and f"コンポーネント{len(COMPONENTS)}件" in page.text
    )
    assert (await member.get(f"{shown}/file")).content == first
    answer = await attach(clerk, second)
    assert "置き換わります" in (await clerk.get(answer.headers["location"])).text
    await confirmed(clerk, answer.headers["location"])
    got = await member.get(f"{shown}/file")
    assert got.content == second and got.headers["content-type"] == "application/json"
    assert "attachment" in got.headers["content-disposition"]
    assert await fetch_value("select count(*)::int from resource_component") == 1 + len(COMPONENTS)
    answer = await clerk.post(f"/staff/resources/{await resource_id(WORKFLOW)}/sbom/removal")
    page = await confirmed(clerk, answer.headers["location"])
    assert message(page.text) == "SBOMを削除しました。"
    assert (await member.get(shown)).status_code == 404
    assert await noted() == [
        *("resource-sbom-attachment", "resource-sbom-attachment", "resource-sbom-removal")
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<bom/>", "JSONとして読めません"),
        (b"{}", "CycloneDXでもSPDXでもありません"),
        (bom(specVersion="1.1"), "CycloneDXは1.2以降"),
        (bom({}), "どのコンポーネントにも名称が必要です"),
        (b" " * MOST_SBOM_BYTES + b"{}", "5 MiBを超えています"),
        (bom(*[{"name": "a"}] * (MOST_COMPONENTS + 1)), "20,000件を超えています"),
        (b"", "空です"),
    ],
    ids=["xml", "other", "old", "nameless", "large", "many", "empty"],
)
async def test_a_wrong_file_is_refused_in_words(
    clerk: httpx.AsyncClient, content: bytes, told: str
) -> None:
    answer = await attach(clerk, content)
    assert answer.status_code == 422 and told in message(answer.text), message(answer.text)
    path = f"/staff/resources/{await resource_id(WORKFLOW)}/sbom"
    assert "選んでください" in message((await clerk.post(path)).text), "and so is none"
    assert await noted() == []


async def test_a_file_that_is_withdrawn_meanwhile_gets_no_sbom(clerk: httpx.AsyncClient) -> None:
    answer = await attach(clerk, cyclonedx("a", "1"))
    await fetch("update resource set withdrawn_at = now() where name = $1", WORKFLOW)
    page = await confirmed(clerk, answer.headers["location"])
    assert "公開が取り下げられています" in message(page.text)
    assert (await attach(clerk, cyclonedx("a", "1"))).headers["location"] == str(page.url.path)


async def test_people_of_the_contract_read_search_and_sort_the_components(
    member: httpx.AsyncClient, outsider: httpx.AsyncClient, clerk: httpx.AsyncClient
) -> None:
    path = f"/contracts/D-1001/resources/{await resource_id(PLATFORM)}/sbom"
    assert path in (await member.get("/contracts/D-1001/resources")).text
    html = (await member.get(path)).text
    assert all(name in html for name, *_ in COMPONENTS) and "CycloneDX 1.6" in html
    found = (await member.get(path, params={"search": "log4j"})).text
    assert "log4j-core" in found and "zlib" not in found
    html = (await member.get(path, params={"order": "-license"})).text
    assert html.index("zlib") < html.index("postgresql")
    assert (await outsider.get(path)).status_code == 404
    assert (await outsider.get(f"{path}/file")).status_code == 404
    console = await clerk.get(f"/staff/resources/{await resource_id(PLATFORM)}/sbom")
    assert "log4j-core" in console.text


async def test_hostile_names_are_text(clerk: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    hostile = bom(
        {
            **dict.fromkeys(("name", "version", "purl", "group"), HOSTILE),
            "licenses": [{"expression": HOSTILE}],
        }
    )
    await confirmed(clerk, (await attach(clerk, hostile)).headers["location"])
    id = await resource_id(WORKFLOW)
    for client, path in (
        (member, f"/contracts/D-1001/resources/{id}/sbom"),
        (clerk, f"/staff/resources/{id}/sbom"),
    ):
        html = (await client.get(path)).text
        assert "alert(1)" in html and "<script>alert" not in html
        assert "\u202e" not in html and "\x07" not in html
        assert not [a for tag, a in elements(html) if tag == "script" and "src" not in a]


async def test_thousands_of_components_come_page_by_page_in_three_queries(
    member: httpx.AsyncClient,
) -> None:
    many = bom(
        *({"name": f"part-{n:05}", "version": "1", "purl": f"pkg:generic/part-{n}"}
          for n in range(MOST_COMPONENTS))
    )  # fmt: skip
    found, resource = read_sbom(many), await resource_id(WORKFLOW)
    assert isinstance(found, Sbom)
    actor = await fetch_value("select id from portal_user where code = 'clerk'")
    await attach_sbom(resource=resource, sbom=found, content=many, actor=actor)
    path = f"/contracts/D-1001/resources/{resource}/sbom"
    first = await member.get(path)
    assert "part-00049" in first.text and "part-00050" not in first.text
    [following] = [a["href"] for tag, a in elements(first.text) if a.get("rel") == "next"]
    assert following and "part-00050" in (await member.get(following)).text
    assert len(await queries(member, path)) <= MOST
    started = perf_counter()
    assert "part-19999" in (await member.get(path, params={"search": "part-19999"})).text
    assert perf_counter() - started < 5, "a search reads every row of one file, once"
