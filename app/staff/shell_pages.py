"""What all pages of the console share: what the reader may do, and how a form answers."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

from litestar import Response

from app.accounts.access import user_of
from app.accounts.rules import Viewer
from app.confirmations.acts import E
from app.confirmations.form_pages import FormPages, S, draft_errors
from app.staff.rules import Permission, permits
from app.web.requests import PageRequest
from app.web.templates import page
from app.web.values import Form, V

__all__ = ["StaffForms", "allowed", "draft_errors", "staff_page"]


def allowed(viewer: Viewer) -> SimpleNamespace:
    """What a person may do, as templates ask: `may.contracts_change`."""
    return SimpleNamespace(**{each.name.lower(): permits(viewer, each) for each in Permission})


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
    return page(
        request,
        template,
        status=422 if errors and request.method == "POST" else 200,
        headers=None,
        may=allowed(user_of(request)),
        errors=errors or {},
        **context,
    )


class StaffForms(FormPages[S, V, E]):
    """A form of the console.

    Attributes:
        template: a page below templates/staff/.
    """

    template: ClassVar[str]

    async def page(self, request: PageRequest, subject: S, form: Form) -> Response[str]:
        """Show the form."""
        return staff_page(
            request, self.template, errors=form.errors, form=form, **await self.context(subject)
        )

    async def context(self, subject: S) -> dict[str, Any]:
        """Return what the template needs beside the form."""
        return {}
