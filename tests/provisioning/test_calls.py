"""Calls as Entra ID, Okta and RFC 7644 make them, and as no one should make them."""

import json
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from app.provisioning.error_rules import ScimError
from app.provisioning.filter_rules import Wanted, read_filter
from app.provisioning.patch_rules import patched
from app.provisioning.person_rules import address_of, read_person
from tests.conftest import Portal
from tests.provisioning.steps import PATCH, TYPE, calling, connected, create, patch, person

WORK: dict[str, Any] = {"value": "a@example.com", "type": "work", "primary": True}
HOME: dict[str, Any] = {"value": "b@example.com", "type": "home"}
BEFORE: dict[str, Any] = {
    "userName": "a@example.com",
    "name": {"familyName": "鈴木"},
    "emails": [WORK, HOME],
    "active": True,
}
# What is sent, and what changes of the person; None where an attribute goes.
PATCHES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "okta-active": (patch("replace", {"active": False}), {"active": False}),
    "entra-active": (patch("Replace", "False", "active"), {"active": False}),
    "entra-email": (
        patch("Add", "c@example.com", 'emails[type eq "work"].value'),
        {"emails": [HOME, {**WORK, "value": "c@example.com"}]},
    ),
    "entra-dotted": (
        patch("replace", {"name.givenName": "一郎", "displayName": "鈴木 一郎"}),
        {"name": {"familyName": "鈴木", "givenName": "一郎"}, "displayName": "鈴木 一郎"},
    ),
    "with-urn": (
        patch("replace", "x-1", "urn:ietf:params:scim:schemas:core:2.0:User:externalId"),
        {"externalId": "x-1"},
    ),
    "other-case": (patch("REPLACE", {"USERNAME": "d@example.com"}), {"userName": "d@example.com"}),
    "left-out": (
        patch("add", "部長", "title"),
        {},
    ),
    "extension": (
        patch("add", "IT", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"),
        {},
    ),
    "new-primary": (
        patch("add", [{"value": "e@example.com", "primary": True}], "emails"),
        {
            "emails": [
                {**WORK, "primary": False},
                HOME,
                {"value": "e@example.com", "primary": True},
            ]
        },
    ),
    "remove-one": (patch("remove", path='emails[value eq "B@example.com"]'), {"emails": [WORK]}),
    "remove-listed": (patch("remove", [{"value": "b@example.com"}], "emails"), {"emails": [WORK]}),
    "remove-all": (patch("remove", path="emails"), {"emails": None}),
    "remove-part": (patch("remove", path="name.familyName"), {"name": None}),
    "new-entry": (
        patch("replace", "o@example.com", 'emails[type eq "other"].value'),
        {"emails": [WORK, HOME, {"type": "other", "value": "o@example.com"}]},
    ),
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_patch_changes_what_it_names_and_nothing_else(name: str) -> None:
    sent, changes = PATCHES[name]
    after = {**BEFORE, **changes}
    assert patched(BEFORE, sent) == {key: each for key, each in after.items() if each is not None}


REFUSED = {
    "no-operations": ({"schemas": [PATCH]}, "invalidSyntax"),
    "unknown-op": (patch("move", "x", "userName"), "invalidSyntax"),
    "unknown-path": (patch("add", "x", "shoeSize"), "invalidPath"),
    "bad-path": (patch("add", "x", "emails[type eq"), "invalidPath"),
    "bad-filter": (patch("add", "x", 'emails[type gt "work"].value'), "invalidFilter"),
    "remove-nothing": (patch("remove"), "noTarget"),
    "remove-no-entry": (patch("remove", path='emails[type eq "fax"]'), "noTarget"),
    "remove-user-name": (patch("remove", path="userName"), "mutability"),
    "change-id": (patch("replace", "1", "id"), "mutability"),
    "text-for-flag": (patch("replace", "perhaps", "active"), "invalidValue"),
    "two-primary": (
        patch(
            "replace", [{"value": "a", "primary": True}, {"value": "b", "primary": True}], "emails"
        ),
        "invalidValue",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_patch_that_cannot_be_done_is_refused_as_the_standard_says(name: str) -> None:
    sent, scim_type = REFUSED[name]
    with pytest.raises(ScimError) as refused:
        patched(BEFORE, sent)
    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


def test_the_address_is_the_primary_one_then_that_of_work_then_the_user_name() -> None:
    assert address_of({**BEFORE, "emails": [HOME, WORK]}) == "a@example.com"
    assert address_of({**BEFORE, "emails": [HOME, {**WORK, "primary": False}]}) == "a@example.com"
    assert address_of({**BEFORE, "emails": [HOME]}) == "b@example.com"
    assert address_of({"userName": "Ａ@Example.com"}) == "a@example.com"


FILTERS = {
    'userName eq "A"': Wanted(user_name="A"),
    'USERNAME EQ "a" and externalId eq "1"': Wanted(user_name="a", external_id="1"),
    'emails[type eq "work"].value eq "a"': Wanted(email="a", email_type="work"),
    'emails[type eq "work" and value eq "a"]': Wanted(email="a", email_type="work"),
    r'emails.value eq "a\"b"': Wanted(email='a"b'),
    'id eq "no-id"': Wanted(no_one=True),
    'externalId eq "1" and externalId eq "2"': Wanted(external_id="1", no_one=True),
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "A"': Wanted(user_name="A"),
}


@pytest.mark.parametrize("text", FILTERS)
def test_filters_with_eq_and_and_are_read(text: str) -> None:
    assert read_filter(text) == FILTERS[text]


@pytest.mark.parametrize(
    "text",
    [
        *("userName", 'userName co "a"', 'userName eq "a" or id eq "b"', "userName eq 1", "(", '"'),
        *(
            'userName eq "a" and',
            'not (userName eq "a")',
            'title eq "x"',
            'userName eq "a',
            "a" * 2000,
        ),
        *('userName eq "\\u0000"', 'emails[type eq "work"]x eq "a"'),
    ],
)
def test_other_filters_are_refused(text: str) -> None:
    with pytest.raises(ScimError) as refused:
        read_filter(text)
    assert refused.value.scim_type == "invalidFilter"


async def test_lists_are_filtered_paged_and_cut_to_the_attributes_asked_for(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = [
            await create(provider, f"p{n}@example.com", externalId=f"x{n}", displayName=f"P{n}")
            for n in range(5)
        ]

        async def listed(**query: object) -> dict[str, Any]:
            answer = await provider.get("/Users", params={k: str(v) for k, v in query.items()})
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            return found

        assert (await listed(count=0))["totalResults"] == 5
        page = await listed(startIndex=2, count=2)
        assert [each["id"] for each in page["Resources"]] == [m["id"] for m in made[1:3]]
        assert (page["startIndex"], page["itemsPerPage"], page["totalResults"]) == (2, 2, 5)
        assert (await listed(startIndex=-7, count=-1))["Resources"] == []
        one = await listed(
            filter='userName eq "P3@EXAMPLE.com"', attributes="displayName,meta.version"
        )
        assert one["Resources"] == [
            {
                **{"schemas": made[3]["schemas"], "id": made[3]["id"], "displayName": "P3"},
                "meta": {"version": made[3]["meta"]["version"]},
            }
        ]
        without = await listed(
            filter=f'id eq "{made[0]["id"]}"', excludedAttributes="meta,displayName"
        )
        assert without["Resources"][0].keys() == made[0].keys() - {"meta", "displayName"}
        searched = await provider.post("/.search", json={"filter": 'externalId eq "x4"'})
        assert [each["id"] for each in searched.json()["Resources"]] == [made[4]["id"]]
        for query in ("count=many", "filter=x", "attributes=a&excludedAttributes=b"):
            assert (await provider.get(f"/Users?{query}")).status_code == 400


async def test_an_older_version_changes_nothing(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        made = await create(provider, "p@example.com")
        place, version = f"/Users/{made['id']}", made["meta"]["version"]
        named = patch("replace", {"displayName": "P"})
        first = await provider.patch(place, json=named, headers={"If-Match": version})
        assert first.status_code == 200 and first.headers["etag"] != version
        for call in (
            provider.patch(place, json=named, headers={"If-Match": version}),
            provider.delete(place, headers={"If-Match": version}),
        ):
            assert (await call).status_code == 412
        same = await provider.get(place, headers={"If-None-Match": first.headers["etag"]})
        assert same.status_code == 304


async def test_plain_json_is_taken_and_nothing_else(portal: Portal) -> None:
    _, token = await connected(portal)
    async with calling(portal, token) as provider:
        content = json.dumps(person("p@example.com"))
        taken = await provider.post(
            "/Users", content=content, headers={"Content-Type": "application/json; charset=utf-8"}
        )
        assert taken.status_code == 201
        refused = await provider.post(
            "/Users", content=content, headers={"Content-Type": "text/xml"}
        )
        assert refused.status_code == 415 and TYPE in refused.json()["detail"]
        for content in ("", "{", "[]", "null", "{" * 5000, '"\\ud800"', "\0"):
            broken = await provider.post("/Users", content=content)
            assert (broken.status_code, broken.json()["status"]) == (400, "400"), content[:10]
        large = await provider.post("/Users", content=b"[" + b" " * 300_000)
        assert large.status_code == 413


TEXTS = st.sampled_from(
    [
        "",
        "a@example.com",
        "True",
        "a\0",
        "\u202e",
        "x" * 300,
        "é" * 300,
        'emails[type eq "work"].value',
    ]
) | st.text(max_size=30)
KEYS = st.sampled_from(
    [
        *("userName", "USERNAME", "emails", "emails.value", "emails[primary eq true].type", "name"),
        *("name.givenName", "active", "externalId", "displayName", "id", "meta", "value", "type"),
        *("op", "path", "Operations", "schemas", "urn:x:y", "primary"),
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXTS, inner, max_size=4),
    max_leaves=12,
)
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "x"])},
    optional={"path": KEYS | TEXTS | ANYTHING, "value": ANYTHING},
)


@hypothesis.given(
    ANYTHING | st.fixed_dictionaries({"userName": TEXTS}, optional={"emails": ANYTHING})
)
def test_no_body_of_a_person_is_more_than_refused(body: object) -> None:
    try:
        address_of(read_person(body))
    except ScimError as error:
        assert 400 <= error.status < 500


@hypothesis.given(ANYTHING | st.fixed_dictionaries({"Operations": st.lists(OPERATION, max_size=4)}))
def test_no_patch_is_more_than_refused(body: object) -> None:
    try:
        after = patched(BEFORE, body)
    except ScimError as error:
        assert 400 <= error.status < 500
    else:
        assert read_person(after) == after, "what is kept is what could have been sent"


@hypothesis.given(st.text(max_size=60) | KEYS.map(lambda key: f'{key} eq "a"'))
def test_no_filter_is_more_than_refused(text: str) -> None:
    try:
        read_filter(text)
    except ScimError as error:
        assert error.scim_type == "invalidFilter"


async def test_hostile_bodies_are_refused_by_the_whole_portal(portal: Portal) -> None:
    """The steps' client fails on a server error."""
    _, token = await connected(portal)
    values: list[object] = [
        None,
        1,
        "",
        "a\0",
        "\ud800",
        "x" * 9000,
        [],
        {},
        [[]],
        [None],
        {"a": 1},
        -1e308,
    ]
    async with calling(portal, token) as provider:
        made = await create(provider, "p@example.com")
        place = f"/Users/{made['id']}"
        for value in values:
            for key in ("userName", "emails", "name", "active", "externalId", "displayName"):
                sent = json.dumps(person("q@example.com", **{key: value}))
                await provider.put(place, content=sent)
                await provider.patch(place, content=json.dumps(patch("replace", value, key)))
                await provider.patch(place, content=json.dumps({"Operations": value}))
        for path in (
            "/Users/%00",
            "/Users/1",
            f"/Users/{'9' * 500}",
            "/Users/%ff",
            "/Nothing",
            "/",
        ):
            assert (await provider.get(path)).status_code == 404, path
        wrong = await provider.delete("/Users")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, OPTIONS, POST")
        options = await provider.options("/Users")
        assert (options.status_code, options.headers["allow"]) == (204, "GET, OPTIONS, POST")
