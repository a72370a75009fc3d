"""What the staff enter for a new version of the terms of use."""

from typing import Annotated

from app.web.i18n import N_
from app.web.kinds import LongText
from app.web.values import Values

LONGEST_TEXT = 60_000
HINT = N_("An empty line begins a paragraph, “# ” a heading.")


class TermsValues(Values, frozen=True):
    """Both texts."""

    body_ja: Annotated[
        str,
        LongText(
            label=N_("Japanese text"),
            maximum=LONGEST_TEXT,
            hint=HINT,
            rows=12,
            language="ja",
        ),
    ]
    body_en: Annotated[
        str,
        LongText(
            label=N_("English text"),
            maximum=LONGEST_TEXT,
            hint=HINT,
            rows=12,
            language="en",
        ),
    ]
