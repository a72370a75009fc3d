"""The reference of the API, for anybody who writes a program for it."""

from litestar import Response, get

from app.api.cursor_rules import MOST_LIMIT
from app.api.reference_rules import Part, groups, parameters, problems, structures
from app.web.requests import PageRequest
from app.web.templates import page


@get("/api", opt={"public": True})
async def show_reference(request: PageRequest) -> Response[str]:
    """Every call about a contract with an example, every structure and every error."""
    return _reference(request, Part.CONTRACT)


@get("/api/vendor", opt={"public": True})
async def show_vendor_reference(request: PageRequest) -> Response[str]:
    """The same of the vendor's own systems: customers and what they ordered."""
    return _reference(request, Part.ORDERS)


@get("/api/vendor/offers", opt={"public": True})
async def show_offers_reference(request: PageRequest) -> Response[str]:
    """The same of the vendor's own systems: license keys, quotes, notices and files."""
    return _reference(request, Part.OFFERS)


def _reference(request: PageRequest, part: Part) -> Response[str]:
    document = request.app.state.api_document()
    found = groups(document, part)
    return page(
        request,
        "api/reference.html",
        vendor=part is not Part.CONTRACT,
        offers=part is Part.OFFERS,
        groups=found,
        parameters=parameters(found),
        structures=structures(document, found),
        problems=problems(),
        most=MOST_LIMIT,
        portal=request.app.state.settings.base_url,
    )
