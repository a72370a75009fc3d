"""A form that proposes an act: shown with what is there, or with what was entered before."""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, E
from app.confirmations.services import find_draft, propose
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.values import Choices, Form, SentForm, V, from_attributes, read_values

S = TypeVar("S")
NEW = {"subject": Provide(lambda: None, sync_to_thread=False)}
"""Dependencies of a form that makes something new."""


class FormPages(Controller, Generic[S, V, E]):
    """A form about a subject, which a subclass names by `dependencies["subject"]`.

    Attributes:
        act: what the form proposes.
        values: what it asks for.
    """

    act: ClassVar[Act[Any]]
    values: ClassVar[type[Any]]

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], subject: NamedDependency[Any]
    ) -> Response[Any]:
        """The form, with what was entered before where the person comes back."""
        if elsewhere := self.elsewhere(subject):
            return see_other(elsewhere)
        choices = await self.choices(subject)
        draft = await find_draft(viewer, request.query_params.get("draft", ""), self.act)
        now, errors = self.now(subject), {}
        if draft is not None and self._is_of(draft.payload, subject):
            now, errors = draft.payload.values, draft.errors
        form = Form.of(self.values, now, self.revision(subject), choices)
        form.errors.update(errors)
        return await self.page(request, subject, form)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], subject: NamedDependency[Any]
    ) -> Response[Any]:
        """On to the confirm step."""
        self.may_propose(viewer)
        if elsewhere := self.elsewhere(subject):
            return see_other(elsewhere)
        form = read_values(self.values, await read_form(request), await self.choices(subject))
        await self.check(subject, form)
        if form.errors or form.preview:
            form.sort_errors()
            return await self.page(request, subject, form)
        entry = self.entry(subject, form.values, form.revision)
        return see_other(await propose(viewer, self.act, entry))

    def may_propose(self, viewer: Viewer) -> None:
        """Refuse those who see the form's page, but may not send the form."""

    def elsewhere(self, subject: S) -> str:
        """Return the page to go to where the form is of no use now; empty if it is."""
        return ""

    def _is_of(self, entry: E, subject: S) -> bool:
        """Return whether a draft is about this subject: its form would propose the same."""
        same: bool = self.entry(subject, entry.values, 0) == msgspec.structs.replace(
            entry, revision=0
        )
        return same

    def now(self, subject: S) -> V | None:
        """Return what the form shows at first: the subject's facts; None for an empty form."""
        return None if subject is None else from_attributes(self.values, subject)

    def revision(self, subject: S) -> int:
        """Return the revision of the subject; 0 for a new one."""
        found: int = getattr(subject, "revision", 0)
        return found

    async def choices(self, subject: S) -> Choices:
        """Return what the fields of the form offer."""
        return {}

    async def check(self, subject: S, form: SentForm[V]) -> None:
        """Note errors that take more than the form itself to find."""

    def refuse(self, form: Form, code: str) -> None:
        """Say at the form what the act would be refused for."""
        refusal = self.act.refusal(code)
        form.errors.setdefault(refusal.field, refusal.text())

    def entry(self, subject: S, values: V, revision: int) -> E:
        """Return what is proposed."""
        raise NotImplementedError

    async def page(self, request: PageRequest, subject: S, form: Form) -> Response[str]:
        """Return the page with the form."""
        raise NotImplementedError


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
