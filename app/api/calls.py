"""What many calls take: the part of a list, an idempotency key, a version, a rehearsal."""

import re
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter

from app.api.access import Caller, VendorCaller
from app.api.cursor_rules import CURSOR, LONGEST, MOST_LIMIT, USUAL_LIMIT, read_cursor
from app.api.list_rules import Part
from app.api.problem_rules import ApiProblem, Code, FieldProblem, pointer_of
from app.api.services import Answer, Call
from app.confirmations.acts import Context
from app.service_accounts.rules import Holder
from app.settings import Settings
from app.staff.rules import Permission
from app.storage import Storage
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import header

JSON, JOSE = "application/json", "application/jose"
# How msgspec says where a value is wrong.
PLACE = re.compile(r"(?P<problem>.*?)(?: - at `\$(?P<place>[^`]*)`)?", re.DOTALL)
FIELD = re.compile(r"(?:required|unknown) field `([^`]+)`")
IF_MATCH = HeaderParameter(
    name="If-Match", description=N_("The ETag of what you read, or “*” for any version.")
)
IDEMPOTENCY_KEY = HeaderParameter(
    name="Idempotency-Key",
    max_length=200,
    description=N_(
        "A new text for each change, such as a UUID. If you send the call again with the"
        " same key within 48 hours, you get the same answer and nothing is done twice."
    ),
)
DRY_RUN = QueryParameter(description=N_("Answer what would happen, and change nothing."))
ETAG = re.compile(r'"([1-9][0-9]{0,9})"', re.ASCII)
HIGHEST_REVISION = 2**31 - 1
B = TypeVar("B", bound=msgspec.Struct)


async def provide_part(
    limit: Annotated[
        int,
        QueryParameter(ge=1, le=MOST_LIMIT, description=N_("The most rows of a page.")),
    ] = USUAL_LIMIT,
    cursor: Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=LONGEST,
            description=N_("“next” of the page before."),
            schema_extra={"pattern": CURSOR},
        ),
    ] = None,
) -> Part:
    """Return the part of the list that the address names.

    Raises:
        ApiProblem: the cursor is none of the portal's.
    """
    after = None if cursor is None else read_cursor(cursor)
    if cursor is not None and after is None:
        raise ApiProblem(
            Code.INVALID_PARAMETER, errors=[FieldProblem("cursor", "This is no cursor.")]
        )
    return Part(limit, after)


def takes(body: type[msgspec.Struct], scope: Permission | None = None) -> dict[str, Any]:
    """Return what the handler of a change says of itself that takes a struct as JSON.

    Args:
        scope: that a call of the vendor takes; None for a contract's, which takes a role.
    """
    right = {"scope": scope} if scope else {"operates": True}
    return {**right, "takes": JSON, "body": body}


async def read_body(request: Request[Any, Any, Any], kind: type[B]) -> B:
    """Return the body of a call, strictly: no text stands for a number.

    Raises:
        ApiProblem: it is no JSON, or not what the call takes.
    """
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as error:
        raise ApiProblem(Code.INVALID_VALUE, errors=[_wrong(str(error))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ApiProblem(Code.MALFORMED, detail=_("The body is not valid JSON.")) from None


def _wrong(message: str) -> FieldProblem:
    found = PLACE.fullmatch(message)
    problem, place = (found["problem"], found["place"] or "") if found else (message, "")
    field = FIELD.search(problem)
    return FieldProblem(pointer_of(place + (f".{field[1]}" if field else "")), problem)


async def provide_call(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    settings: NamedDependency[Settings],
    storage: NamedDependency[Storage],
    idempotency_key: Annotated[str, IDEMPOTENCY_KEY] = "",
    dry_run: Annotated[bool, DRY_RUN] = False,
) -> Call:
    """Return the change that is asked for.

    Raises:
        ApiProblem: the contract has ended.
    """
    caller.require_running()
    context = Context(caller.viewer, settings, storage)
    return await _call(request, caller.holder, context, idempotency_key, dry_run)


async def provide_vendor_call(
    request: Request[Any, Any, Any],
    vendor: NamedDependency[VendorCaller],
    settings: NamedDependency[Settings],
    storage: NamedDependency[Storage],
    idempotency_key: Annotated[str, IDEMPOTENCY_KEY] = "",
    dry_run: Annotated[bool, DRY_RUN] = False,
) -> Call:
    """Return the change that the vendor asks for."""
    context = Context(vendor.viewer, settings, storage)
    return await _call(request, vendor.holder, context, idempotency_key, dry_run)


async def _call(
    request: Request[Any, Any, Any], holder: Holder, context: Context, key: str, dry_run: bool
) -> Call:
    return Call.of(
        holder,
        context,
        key=key,
        dry_run=dry_run,
        asked=(request.method, request.url.path, header(request.scope, b"if-match")),
        body=await request.body(),
    )


def wanted_revision(if_match: str, present: int) -> int:
    """Return the revision that a change is meant for.

    Args:
        present: what `*` means.

    Raises:
        ApiProblem: If-Match is missing, or names a version that there never was.
    """
    if not if_match.strip():
        raise ApiProblem(Code.VERSION_MISSING)
    if if_match.strip() == "*":
        return present
    found = ETAG.fullmatch(if_match.strip())
    if found is None or int(found[1]) > HIGHEST_REVISION:
        raise ApiProblem(Code.VERSION_CONFLICT)
    return int(found[1])


def answered(answer: Answer) -> Response[Any]:
    """Return an answer as it is sent, whether it was just made or kept."""
    return Response(
        answer.body.encode(),
        status_code=answer.status,
        media_type=JSON,
        headers=dict(answer.headers),
    )


def etag(revision: int) -> str:
    """Return the ETag of a revision."""
    return f'"{revision}"'
