"""The reference of the API, for anybody who writes a program for it."""

from litestar import Response, get

from app.api.cursor_rules import MOST_LIMIT
from app.api.reference_rules import groups, parameters, problems, structures
from app.web.requests import PageRequest
from app.web.templates import page


@get("/api", opt={"public": True})
async def show_reference(request: PageRequest) -> Response[str]:
    """Every call with an example, every structure and every error."""
    document = request.app.state.api_document()
    found = groups(document)
    return page(
        request,
        "api/reference.html",
        groups=found,
        parameters=parameters(found),
        structures=structures(document),
        problems=problems(),
        most=MOST_LIMIT,
        portal=request.app.state.settings.base_url,
    )
