"""What all pages of the console share: what the reader may do, and how a form answers."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

from litestar import Response

from app.accounts.access import user_of
from app.accounts.rules import Viewer
from app.confirmations.acts import CHANGED, Act, E
from app.confirmations.form_pages import FormPages, S
from app.confirmations.services import find_draft
from app.staff.rules import Permission, permits
from app.web.i18n import gettext as _
from app.web.requests import PageRequest
from app.web.templates import page
from app.web.values import Form, V


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


async def draft_errors(
    request: PageRequest, viewer: Viewer, about: Callable[[Any], bool], *acts: Act[Any]
) -> dict[str, str]:
    """Return why an act was refused that a page without a form proposes: field → message.

    Args:
        about: whether a payload is about what the page shows.
        acts: what the page proposes.
    """
    errors: dict[str, str] = {}
    for act in acts:
        draft = await find_draft(viewer, request.query_params.get("draft", ""), act)
        if draft is not None and about(draft.payload):
            errors |= draft.errors
    return errors


async def kept(
    request: PageRequest, viewer: Viewer, act: Act[Any], now: Mapping[str, Any], **about: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form shows: what was entered before where the person comes back, else `now`.

    Args:
        act: what the form proposes.
        now: the fields as they are, by the payload's names.
        about: what the payload must name for the draft to be of this form.

    Returns:
        The fields, and field → message where the confirmation was refused.
    """
    draft = await find_draft(viewer, request.query_params.get("draft", ""), act)
    if draft is None or any(draft.payload.get(name) != id for name, id in about.items()):
        return dict(now), {}
    return {name: draft.payload.get(name, now[name]) for name in now}, problem_of(draft.refusal)


def problem_of(refusal: Mapping[str, Any] | None) -> dict[str, str]:
    """What a refused confirmation says beside its form: field → message."""
    messages = {
        "name-taken": ("name", _("This name is taken. Choose another one.")),
        "group-gone": ("corporate_group", _("This corporate group is not there any more.")),
        "number-taken": ("number", _("Another contract has this number. Choose another one.")),
        "code-taken": ("code", _("This code is taken. Choose another one.")),
        "member": ("owner_email", _("This address is a member of the contract already.")),
        "invited": ("owner_email", _("This address is invited already. Send that one again.")),
        "owner-there": (
            "form",
            _("The contract has an owner whose account works. That owner decides."),
        ),
        "member-gone": ("membership", _("This person is not a member any more.")),
        "in-use": (
            "quantity",
            _("More than this is allocated or held. Have allocations given back first."),
        ),
        "unit-fixed": ("unit", _("The unit and the code are fixed once somebody has the product.")),
        "contract-gone": ("contract", _("There is no contract with this number.")),
        "redeemed": ("form", _("This key was redeemed meanwhile, so it cannot be revoked.")),
        "quote-moved": ("form", _("The request is in another state by now; see below.")),
        "changed-meanwhile": (
            "form",
            CHANGED.told(),
        ),
    }
    return dict([messages[refusal["problem"]]]) if refusal else {}
