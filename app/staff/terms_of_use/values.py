"""What the staff enter for a new version of the terms of use."""

from functools import partial
from typing import Annotated

from app.web.i18n import N_
from app.web.kinds import LongText
from app.web.values import Values

LONGEST_TEXT = 60_000
_body = partial(
    LongText,
    maximum=LONGEST_TEXT,
    hint=N_("Leave an empty line between paragraphs. Start headings with “# ”."),
    rows=12,
)


class TermsValues(Values, frozen=True):
    """Both texts.

    Rules: no newer version by another person
    """

    body_ja: Annotated[str, _body(label=N_("Japanese text"), language="ja")]
    body_en: Annotated[str, _body(label=N_("English text"), language="en")]
