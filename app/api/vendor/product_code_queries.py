"""Products by their codes, which bodies name in place of ids."""

from collections.abc import Sequence

from app.api.problem_rules import ApiProblem, Code, FieldProblem
from app.staff.catalogue.queries import list_catalogue
from app.web.i18n import gettext as _


async def ids_of(codes: Sequence[str], pointer: str = "") -> dict[str, str]:
    """Return the ids of products with these codes: id → code.

    Args:
        pointer: to a single code; empty for those in the list `/products`.

    Raises:
        ApiProblem: the catalogue has no product with one of the codes.
    """
    ids = {each.code: str(each.id) for each in await list_catalogue()}
    errors = [
        FieldProblem(pointer or f"/products/{at}", _("There is no product with this code."))
        for at, code in enumerate(codes)
        if code not in ids
    ]
    if errors:
        raise ApiProblem(Code.INVALID_VALUE, errors=errors)
    return {ids[code]: code for code in codes}
