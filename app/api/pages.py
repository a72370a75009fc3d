"""The reference of the API, for people who write programs for it."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.api.cursor_rules import MOST_LIMIT
from app.api.reference_rules import groups, parameters, problems, structures
from app.web.requests import PageRequest
from app.web.templates import page


@get("/api", opt={"public": True})
async def show_reference(request: PageRequest) -> Response[str]:
    """Every call about a contract with an example, every structure and every error."""
    document = request.app.state.api_document()
    found = groups(document, vendor=False)
    return page(
        request,
        "api/reference.html",
        groups=found,
        parameters=parameters(found),
        structures=structures(document, found),
        problems=problems(),
        most=MOST_LIMIT,
        portal=request.app.state.settings.base_url,
    )


@get("/api/vendor", opt={"public": True})
async def show_vendor_reference(request: PageRequest) -> Response[str]:
    """The calls of the vendor's own systems with their scopes, and every error."""
    return page(
        request,
        "api/vendor.html",
        groups=groups(request.app.state.api_document(), vendor=True),
        problems=problems(),
        most=MOST_LIMIT,
        portal=request.app.state.settings.base_url,
    )


@get("/api/vendor/{name:str}", opt={"public": True})
async def show_vendor_group(request: PageRequest, name: FromPath[str]) -> Response[str]:
    """The calls of the vendor about one thing, with examples and structures."""
    document = request.app.state.api_document()
    found = [each for each in groups(document, vendor=True) if each.slug == name]
    if not found:
        raise NotFoundException
    return page(
        request,
        "api/vendor_group.html",
        group=found[0],
        parameters=parameters(found),
        structures=structures(document, found),
    )
