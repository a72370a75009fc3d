"""Reads about the vendor's brand."""

from dataclasses import dataclass
from uuid import UUID

from app.brand.colour_rules import style_sheet
from app.brand.link_rules import BadLink, read_links
from app.database import fetch_value, row
from app.web.brand import Brand, LegalLink, Logo, Text


@dataclass(frozen=True)
class SeenBrand:
    """The stored brand."""

    id: UUID
    name_ja: str
    name_en: str
    accent: str
    accent_dark: str
    company_ja: str
    company_en: str
    address_ja: str
    address_en: str
    contact_ja: str
    contact_en: str
    links: str
    sender_ja: str
    sender_en: str
    footer_ja: str
    footer_en: str
    logo: bytes | None
    logo_type: str | None
    logo_width: int | None
    logo_height: int | None
    revision: int

    def shown(self) -> Brand:
        """Return it as pages and mails show it."""
        logo = self._logo()
        return Brand(
            revision=self.revision,
            name=Text(self.name_ja, self.name_en),
            company=Text(self.company_ja, self.company_en),
            address=Text(self.address_ja, self.address_en),
            contact=Text(self.contact_ja, self.contact_en),
            links=_links(self.links),
            sender=Text(self.sender_ja, self.sender_en),
            footer=Text(self.footer_ja, self.footer_en),
            accent=self.accent,
            style=style_sheet(self.accent, self.accent_dark, logo=logo is not None),
            logo=logo,
        )

    def _logo(self) -> Logo | None:
        if not (self.logo and self.logo_type and self.logo_width and self.logo_height):
            return None
        return Logo(self.logo, self.logo_type, self.logo_width, self.logo_height)


def _links(text: str) -> tuple[LegalLink, ...]:
    try:
        return read_links(text)
    except BadLink:
        # An operator's own statement may have put it there; every page would fail.
        return ()


async def find_brand() -> SeenBrand | None:
    """Return the brand; None if its row was deleted."""
    return await row(
        SeenBrand,
        "select id, name_ja, name_en, accent, accent_dark, company_ja, company_en, address_ja,"
        " address_en, contact_ja, contact_en, links, sender_ja, sender_en, footer_ja, footer_en,"
        " logo, logo_type, logo_width, logo_height, revision from brand",
    )


async def find_revision() -> int:
    """Return the revision of the brand; 0 where it has no row."""
    return await fetch_value("select revision from brand") or 0
