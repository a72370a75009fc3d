"""The reference of the API, for anybody who writes a program for it."""

from litestar import Response, get

from app.api.cursor_rules import MOST_LIMIT
from app.api.reference_rules import groups, parameters, problems, structures
from app.web.requests import PageRequest
from app.web.templates import page


@get("/api", opt={"public": True})
async def show_reference(request: PageRequest) -> Response[str]:
    """Every call about a contract with an example, every structure and every error."""
    return _reference(request, vendor=False)


@get("/api/vendor", opt={"public": True})
async def show_vendor_reference(request: PageRequest) -> Response[str]:
    """The same of the calls of the vendor's own systems."""
    return _reference(request, vendor=True)


def _reference(request: PageRequest, *, vendor: bool) -> Response[str]:
    document = request.app.state.api_document()
    found = groups(document, vendor=vendor)
    return page(
        request,
        "api/reference.html",
        vendor=vendor,
        groups=found,
        parameters=parameters(found),
        structures=structures(document, found),
        problems=problems(),
        most=MOST_LIMIT,
        portal=request.app.state.settings.base_url,
    )
