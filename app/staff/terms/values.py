"""What the staff enter for a new version of the terms of use."""

from typing import Annotated

from app.web.i18n import N_
from app.web.kinds import LongText
from app.web.values import Values

LONGEST_TEXT = 60_000


def _body(label: str, language: str) -> LongText:
    return LongText(
        label=label,
        maximum=LONGEST_TEXT,
        hint=N_("An empty line begins a paragraph, “# ” a heading."),
        rows=12,
        language=language,
    )


class TermsValues(Values, frozen=True):
    """Both texts.

    Rules: no newer version meanwhile
    """

    body_ja: Annotated[str, _body(N_("Japanese text"), "ja")]
    body_en: Annotated[str, _body(N_("English text"), "en")]
