"""Reads which rows of a list staff selected for one act."""

from uuid import UUID

from app.web.forms import read_id
from app.web.lists.addresses import PAGE_SIZES
from app.web.requests import FormData


def selected(data: FormData, name: str) -> list[UUID]:
    """Return the ids of the selected rows, each once, in the order in which rows are locked.

    Args:
        name: of the checkboxes. What is no id counts as not selected, and so does what no page
            of a list has room for.
    """
    found = {id for typed in data.all(name) if (id := read_id(typed))}
    return sorted(found)[: max(PAGE_SIZES)]
