"""What the staff enter about a notice."""

from functools import partial
from typing import Annotated
from uuid import UUID

from app.web.choice_kinds import Things
from app.web.i18n import N_
from app.web.kinds import Line, LongText
from app.web.values import Values

LONGEST_BODY = 10_000
_body = partial(
    LongText,
    maximum=LONGEST_BODY,
    hint=N_("Leave an empty line between paragraphs. Web addresses become links."),
    rows=8,
)


class NoticeValues(Values, frozen=True):
    """What a notice says in both languages, and which products it is about."""

    title_ja: Annotated[str, Line(label=N_("Japanese title"), wide=True)]
    body_ja: Annotated[str, _body(label=N_("Japanese text"), language="ja")]
    title_en: Annotated[str, Line(label=N_("English title"), wide=True)]
    body_en: Annotated[str, _body(label=N_("English text"), language="en")]
    products: Annotated[
        list[UUID],
        Things(label=N_("Products"), missing=N_("Select at least one product from the list.")),
    ]
