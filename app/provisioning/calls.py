"""The calls of SCIM 2.0 (RFC 7644): people of a company, as its identity provider keeps them."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.provisioning import person_services as services
from app.provisioning import queries, schema_rules
from app.provisioning.answer_rules import Managed, Part, read_count, read_part
from app.provisioning.error_rules import MEDIA_TYPE, ScimError, ScimType
from app.provisioning.filter_rules import Wanted, read_filter
from app.provisioning.patch_rules import patched
from app.provisioning.person_rules import Document, read_person
from app.provisioning.rules import Caller, base_url
from app.settings import Settings
from app.web.i18n import gettext as _
from app.web.requests import header

ScimRequest = Request[Any, Any, Any]
TAKES_BODY = {"takes_body": True}
MOST_START = 1_000_000_000


def answer(body: Any, status: int = 200, **headers: str) -> Response[bytes]:
    """Answer with JSON of SCIM."""
    return Response(
        msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=headers
    )


async def read_json(request: ScimRequest) -> Any:
    """Return the body of a call.

    Raises:
        ScimError: it is no JSON.
    """
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ScimError(400, _("The body is not valid JSON."), ScimType.INVALID_SYNTAX) from None


def _id(text: str) -> UUID:
    """Return the id in an address.

    Raises:
        ScimError: no person has such an id.
    """
    try:
        return UUID(text)
    except ValueError:
        raise services.not_found() from None


def _part(request: ScimRequest) -> Part:
    query = request.query_params
    return read_part(query.get("attributes"), query.get("excludedAttributes"))


def _one(request: ScimRequest, base: str, person: Managed, status: int = 200) -> Response[bytes]:
    part, shown = _part(request), person.shown(base)
    meta = shown["meta"]
    headers = {"ETag": meta["version"], "Location": meta["location"]}
    return answer(part.of(shown), status, **headers)


class People(Controller):
    """Users: those whom the provider of the token manages."""

    path = "/Users"

    @get()
    async def list(
        self,
        request: ScimRequest,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """All of them, or those who fit a filter."""
        return await _listed(caller, settings, dict(request.query_params))

    @post(opt=TAKES_BODY)
    async def create(
        self,
        request: ScimRequest,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """Manage another person."""
        _part(request)
        sent = read_person(await read_json(request))
        person = await services.create_person(settings, caller, {"active": True, **sent})
        return _one(request, base_url(settings.base_url), person, 201)

    @get("/{id:str}")
    async def show(
        self,
        request: ScimRequest,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        id: FromPath[str],
    ) -> Response[bytes]:
        """One person."""
        person = await queries.find_person(caller, _id(id))
        if person is None:
            raise services.not_found()
        base = base_url(settings.base_url)
        version = person.shown(base)["meta"]["version"]
        if version in {v.strip() for v in header(request.scope, b"if-none-match").split(",")}:
            return Response(b"", status_code=304, media_type=MEDIA_TYPE, headers={"ETag": version})
        return _one(request, base, person)

    @put("/{id:str}", opt=TAKES_BODY)
    async def replace(
        self,
        request: ScimRequest,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        id: FromPath[str],
    ) -> Response[bytes]:
        """What the provider says of a person, all of it."""
        sent = read_person(await read_json(request))

        def replaced(before: Document) -> Document:
            # A body that does not say it neither opens an account nor closes one.
            kept = {"active": before["active"]} if "active" in before else {}
            return {**kept, **sent}

        return await _change(request, caller, settings, id, replaced)

    @patch("/{id:str}", opt=TAKES_BODY)
    async def change(
        self,
        request: ScimRequest,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        id: FromPath[str],
    ) -> Response[bytes]:
        """Some of what the provider says of a person."""
        sent = await read_json(request)
        return await _change(request, caller, settings, id, lambda before: patched(before, sent))

    @delete("/{id:str}", status_code=204)
    async def remove(
        self,
        request: ScimRequest,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
        id: FromPath[str],
    ) -> None:
        """Deactivate a person, who is gone from SCIM then."""
        await services.remove_person(settings, caller, _id(id), header(request.scope, b"if-match"))

    @post("/.search", opt=TAKES_BODY)
    async def search(
        self,
        request: ScimRequest,
        caller: NamedDependency[Caller],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """The same as the list, with the filter in the body."""
        return await _search(request, caller, settings)


async def _change(
    request: ScimRequest, caller: Caller, settings: Settings, id: str, change: services.Change
) -> Response[bytes]:
    _part(request)
    person = await services.change_person(
        settings, caller, _id(id), change, header(request.scope, b"if-match").strip()
    )
    return _one(request, base_url(settings.base_url), person)


async def _listed(caller: Caller, settings: Settings, asked: dict[str, Any]) -> Response[bytes]:
    part = read_part(asked.get("attributes"), asked.get("excludedAttributes"))
    start = read_count("startIndex", asked.get("startIndex"), 1, 1, MOST_START)
    usual, most = schema_rules.USUAL_COUNT, schema_rules.MOST_COUNT
    count = read_count("count", asked.get("count"), usual, 0, most)
    text = asked.get("filter")
    wanted = read_filter(text) if isinstance(text, str) and text else Wanted()
    found, total = await queries.list_people(caller, wanted, start=start, count=count)
    base = base_url(settings.base_url)
    shown = [part.of(person.shown(base)) for person in found]
    return answer(schema_rules.listed(shown, total, start))


async def _search(request: ScimRequest, caller: Caller, settings: Settings) -> Response[bytes]:
    sent = await read_json(request)
    if not isinstance(sent, dict):
        raise ScimError(400, _("The body must be a JSON object."), ScimType.INVALID_SYNTAX)
    return await _listed(caller, settings, sent)


@post("/.search", opt=TAKES_BODY)
async def search(
    request: ScimRequest, caller: NamedDependency[Caller], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """Search in all there is, which is people."""
    return await _search(request, caller, settings)


@get("/ServiceProviderConfig")
async def show_features(settings: NamedDependency[Settings]) -> Response[bytes]:
    """Which features of SCIM the portal has."""
    return answer(schema_rules.features(base_url(settings.base_url)))


@get("/ResourceTypes")
async def list_resource_types(settings: NamedDependency[Settings]) -> Response[bytes]:
    """What there is: people."""
    found = schema_rules.resource_types(base_url(settings.base_url))
    return answer(schema_rules.listed(found, len(found)))


@get("/ResourceTypes/{id:str}")
async def show_resource_type(
    settings: NamedDependency[Settings], id: FromPath[str]
) -> Response[bytes]:
    """One of them."""
    return _named(schema_rules.resource_types(base_url(settings.base_url)), id)


@get("/Schemas")
async def list_schemas(settings: NamedDependency[Settings]) -> Response[bytes]:
    """Which attributes people have."""
    found = schema_rules.schemas(base_url(settings.base_url))
    return answer(schema_rules.listed(found, len(found)))


@get("/Schemas/{id:str}")
async def show_schema(settings: NamedDependency[Settings], id: FromPath[str]) -> Response[bytes]:
    """One of them."""
    return _named(schema_rules.schemas(base_url(settings.base_url)), id)


def _named(found: list[dict[str, Any]], id: str) -> Response[bytes]:
    for each in found:
        if each["id"] == id:
            return answer(each)
    raise NotFoundException


HANDLERS = (
    *(People, search, show_features, list_resource_types, show_resource_type),
    *(list_schemas, show_schema),
)
