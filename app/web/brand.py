"""How the vendor appears on every page and mail. `app/brand` keeps it and brings it here.

Each process holds the newest brand that it knows, so that no page needs a query for it, and an
error page has it while the database is away. See decision 0034.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from app.web import i18n

DEFAULT_NAME = i18n.N_("License Portal")
SUFFIXES = {"image/svg+xml": "svg", "image/png": "png"}


@dataclass(frozen=True)
class Text:
    """A text in both languages; one that is empty is shown in the other language."""

    ja: str = ""
    en: str = ""

    def within(self, language: str) -> str:
        """Return it in a language, as far as it is there."""
        return (self.en or self.ja) if language == "en" else (self.ja or self.en)


@dataclass(frozen=True)
class LegalLink:
    """A page of the vendor's own, such as the privacy policy."""

    label: Text
    address: str


@dataclass(frozen=True)
class Logo:
    """The vendor's logo, checked; width and height give the proportions."""

    content: bytes
    media_type: str
    width: int
    height: int

    @cached_property
    def file_name(self) -> str:
        """Return its name in addresses, which changes with its content."""
        digest = hashlib.sha256(self.content).hexdigest()[:16]
        return f"logo-{digest}.{SUFFIXES[self.media_type]}"

    @property
    def in_mails(self) -> bool:
        """Return whether mail programs show it: they leave SVG out."""
        return self.media_type == "image/png"


@dataclass(frozen=True)
class Brand:
    """What the vendor has set; empty texts mean the portal's own.

    Attributes:
        revision: of the row it was read from; 0 before it was read.
        sender: the name that mails come from.
        footer: the last lines of each mail.
        accent: the accent colour on light pages, such as `#0017c1`; empty for the portal's own.
        style: the style sheet that brings colour and logo; empty where there is neither.
    """

    revision: int = 0
    name: Text = Text()
    company: Text = Text()
    address: Text = Text()
    contact: Text = Text()
    links: tuple[LegalLink, ...] = ()
    sender: Text = Text()
    footer: Text = Text()
    accent: str = ""
    style: str = ""
    logo: Logo | None = field(default=None, repr=False)

    @property
    def style_name(self) -> str:
        """Return the name of the style sheet in addresses, which changes with the brand."""
        return f"{self.revision}.css"


class _Process:
    """What this process knows."""

    brand = Brand()


def current() -> Brand:
    """Return the newest brand that this process knows."""
    return _Process.brand


def use(brand: Brand) -> None:
    """Show this brand from now on, in this process."""
    _Process.brand = brand


class Shown:
    """The brand as templates of one language read it: always the newest."""

    def __init__(self, language: str) -> None:
        self._language = language

    def _text(self, text: Text) -> str:
        return text.within(self._language)

    @property
    def name(self) -> str:
        """Return the name of the portal."""
        own = str(i18n.translations[self._language].gettext(DEFAULT_NAME))
        return self._text(_Process.brand.name) or own

    @property
    def company(self) -> str:
        """Return the name of the vendor's company."""
        return self._text(_Process.brand.company)

    @property
    def address(self) -> str:
        """Return the company's postal address."""
        return self._text(_Process.brand.address)

    @property
    def contact(self) -> str:
        """Return the lines that say how to reach the vendor."""
        return self._text(_Process.brand.contact)

    @property
    def links(self) -> list[tuple[str, str]]:
        """Return label and address of each of the vendor's own pages."""
        return [(self._text(link.label), link.address) for link in _Process.brand.links]

    @property
    def sender(self) -> str:
        """Return the name that mails come from."""
        return self._text(_Process.brand.sender) or self.name

    @property
    def footer(self) -> str:
        """Return the last lines of a mail."""
        return self._text(_Process.brand.footer)

    @property
    def accent(self) -> str:
        """Return the accent colour for a white background."""
        return _Process.brand.accent or "#0017c1"

    @property
    def logo(self) -> Logo | None:
        """Return the logo."""
        return _Process.brand.logo

    @property
    def logo_path(self) -> str:
        """Return the path of the logo, where there is one."""
        return f"/brand/{_Process.brand.logo.file_name}" if _Process.brand.logo else ""

    @property
    def style_path(self) -> str:
        """Return the path of the style sheet, where there is one."""
        return f"/brand/{_Process.brand.style_name}" if _Process.brand.style else ""
