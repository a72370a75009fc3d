"""What the staff enter about a notice."""

from typing import Annotated
from uuid import UUID

from app.web.i18n import N_
from app.web.kinds import Line, LongText, Things
from app.web.values import Values

LONGEST_BODY = 10_000
HINT = N_("An empty line begins a paragraph; web addresses become links.")


class NoticeValues(Values, frozen=True):
    """What a notice says in both languages, and which products it is about."""

    title_ja: Annotated[str, Line(label=N_("Japanese title"), wide=True)]
    title_en: Annotated[str, Line(label=N_("English title"), wide=True)]
    body_ja: Annotated[
        str,
        LongText(
            label=N_("Japanese text"),
            maximum=LONGEST_BODY,
            hint=HINT,
            rows=8,
            language="ja",
        ),
    ]
    body_en: Annotated[
        str,
        LongText(
            label=N_("English text"),
            maximum=LONGEST_BODY,
            hint=HINT,
            rows=8,
            language="en",
        ),
    ]
    products: Annotated[
        list[UUID],
        Things(label=N_("Products"), missing=N_("Choose at least one product from the list.")),
    ]
