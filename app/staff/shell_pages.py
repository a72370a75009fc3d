"""What all pages of the console share: what the reader may do, and how a form answers."""

from collections.abc import Mapping
from types import SimpleNamespace

from litestar import Response

from app.accounts.rules import Viewer
from app.staff.rules import Permission, permits
from app.web.requests import PageRequest
from app.web.templates import page


def allowed(viewer: Viewer) -> SimpleNamespace:
    """What a person may do, as templates ask: `may.contracts_change`."""
    return SimpleNamespace(
        **{each.name.lower(): permits(viewer.staff_role, each) for each in Permission}
    )


def staff_page(
    request: PageRequest,
    template: str,
    /,
    *,
    errors: Mapping[str, str] | None = None,
    **context: object,
) -> Response[str]:
    """Answer with a page of the console; 422 where a sent form has errors.

    Args:
        request: of one of the staff.
        template: a page below templates/staff/.
        errors: field → message.
        context: what the template needs beside `may` and `errors`.
    """
    viewer: Viewer = request.scope["viewer"]  # type: ignore[typeddict-item]
    return page(
        request,
        template,
        status=422 if errors and request.method == "POST" else 200,
        headers=None,
        may=allowed(viewer),
        errors=errors or {},
        **context,
    )
