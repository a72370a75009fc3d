"""What administrators enter about the vendor's brand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

from app.brand.colour_rules import (
    COLOUR,
    DARK,
    LEAST_CONTRAST,
    LIGHT,
    least_contrast,
    shown_ratio,
)
from app.brand.link_rules import MOST_LINKS, BadLink, read_links, write_links
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.kinds import Kind, Line, Lines
from app.web.texts import normalised
from app.web.values import Values

LONGEST_NAME = 60
LONGEST_LINES = 400
LONGEST_LINKS = 4_000


@dataclass(frozen=True, kw_only=True)
class Colour(Kind):
    """A colour that can be read on all of these backgrounds; empty for the portal's own.

    Attributes:
        backgrounds: of pages, light or dark.
    """

    backgrounds: tuple[str, ...]
    required: bool = False

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a colour, and compare it with the backgrounds."""
        colour = normalised(fields.data.get(name)).lower()
        if not colour:
            return ""
        if not COLOUR.fullmatch(colour):
            fields.errors[name] = _("Enter %(label)s like #0017c1.", label=self.name)
            return ""
        ratio = least_contrast(colour, self.backgrounds)
        if ratio < LEAST_CONTRAST:
            fields.errors[name] = _(
                "%(colour)s has a contrast of only %(ratio)s:1. Enter %(label)s with at least"
                " %(least)s:1, so that people can read it.",
                colour=colour,
                ratio=shown_ratio(ratio),
                label=self.name,
                least=shown_ratio(LEAST_CONTRAST),
            )
        return colour

    def tell(self, value: str, offered: Mapping[str, str]) -> str:
        """Tell the colour and its contrast."""
        if not value:
            return _("None")
        ratio = shown_ratio(least_contrast(value, self.backgrounds))
        return _("%(colour)s (contrast %(ratio)s:1)", colour=value, ratio=ratio)

    def rule(self) -> str:
        """Name the kind."""
        return f"colour like #0017c1, contrast {LEAST_CONTRAST}:1 with the page"


@dataclass(frozen=True, kw_only=True)
class Links(Lines):
    """The vendor's own pages, one a line."""

    recorded: ClassVar[bool] = True

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read the lines, and write them in their one form."""
        text = super().read(fields, name, offered)
        try:
            links = read_links(text)
        except BadLink as bad:
            fields.errors.setdefault(
                name,
                _(
                    "Enter line %(number)s of %(label)s as: Japanese label | English label |"
                    " https://…",
                    number=bad.number,
                    label=self.name,
                ),
            )
            return ""
        if len(links) > MOST_LINKS:
            fields.errors[name] = _(
                "Enter at most %(most)s lines for %(label)s.", most=MOST_LINKS, label=self.name
            )
        return write_links(links)

    def rule(self) -> str:
        """Name the kind and its bounds."""
        return f"up to {MOST_LINKS} lines: label in Japanese | in English | https address"


_name = partial(Line, maximum=LONGEST_NAME, required=False)
_lines = partial(Lines, maximum=LONGEST_LINES, required=False, rows=3)
_ja, _en = partial(_lines, language="ja"), partial(_lines, language="en")


class BrandValues(Values, frozen=True):
    """How the vendor appears on pages and mails. What stays empty is the portal's own.

    Rules: the logo: SVG or PNG, at most 20 kB
    """

    name_ja: Annotated[str, _name(label=N_("Portal name (Japanese)"))] = ""
    name_en: Annotated[str, _name(label=N_("Portal name (English)"))] = ""
    accent: Annotated[
        str,
        Colour(
            label=N_("Accent color"),
            backgrounds=LIGHT,
            hint=N_("Links, buttons and the line at the top. Such as #0017c1."),
        ),
    ] = ""
    accent_dark: Annotated[
        str,
        Colour(
            label=N_("Accent color on dark screens"),
            backgrounds=DARK,
            hint=N_("Leave it empty to use a lighter shade of the accent color."),
        ),
    ] = ""
    company_ja: Annotated[str, _name(label=N_("Company name (Japanese)"))] = ""
    company_en: Annotated[str, _name(label=N_("Company name (English)"))] = ""
    address_ja: Annotated[str, _ja(label=N_("Postal address (Japanese)"))] = ""
    address_en: Annotated[str, _en(label=N_("Postal address (English)"))] = ""
    contact_ja: Annotated[
        str,
        _ja(
            label=N_("Contact (Japanese)"),
            hint=N_("Such as a phone number, its hours and an email address. One a line."),
        ),
    ] = ""
    contact_en: Annotated[str, _en(label=N_("Contact (English)"))] = ""
    links: Annotated[
        str,
        Links(
            label=N_("Legal links"),
            maximum=LONGEST_LINKS,
            required=False,
            wide=True,
            hint=N_(
                "One a line: Japanese label | English label | https://…, such as"
                " プライバシーポリシー | Privacy policy | https://www.example.com/privacy"
            ),
        ),
    ] = ""
    sender_ja: Annotated[
        str,
        _name(
            label=N_("Email sender name (Japanese)"),
            hint=N_("Leave it empty to use the portal name."),
        ),
    ] = ""
    sender_en: Annotated[str, _name(label=N_("Email sender name (English)"))] = ""
    footer_ja: Annotated[
        str, _ja(label=N_("Email footer (Japanese)"), hint=N_("The last lines of every email."))
    ] = ""
    footer_en: Annotated[str, _en(label=N_("Email footer (English)"))] = ""
