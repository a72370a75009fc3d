"""Documents as programs read them."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader

# Where a long name may be broken, and the space between Japanese and Latin letters.
UNSEEN = "\u200b"


def squeezed(text: str) -> str:
    """Return a text without any space, as lines and columns come out differently."""
    return "".join(text.replace(UNSEEN, "").split())


def pages_of(content: bytes, *wanted: int) -> list[str]:
    """Return the text of each page, or of the pages with these indices."""
    pages = PdfReader(BytesIO(content)).pages
    chosen = [pages[at] for at in wanted] or list(pages)
    return [page.extract_text().replace(UNSEEN, "") for page in chosen]


def text_of(content: bytes) -> str:
    """Return all text without spaces."""
    return squeezed("".join(pages_of(content)))


def fonts_of(content: bytes) -> list[tuple[str, bool]]:
    """Return name of each font, and whether its file is in the document."""
    found = {}
    for page in PdfReader(BytesIO(content)).pages:
        resources: Any = page["/Resources"]
        for reference in resources["/Font"].values():
            font: Any = reference.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            found[str(font["/BaseFont"])] = "/FontFile3" in descriptor
    return sorted(found.items())


def structure_of(content: bytes) -> set[str]:
    """Return the kinds of elements that screen readers find."""
    root: Any = PdfReader(BytesIO(content)).trailer["/Root"]
    return set(_kinds(root["/StructTreeRoot"]))


def _kinds(node: Any) -> Iterator[str]:
    element = node.get_object()
    if isinstance(element, list):
        for each in element:
            yield from _kinds(each)
    elif isinstance(element, dict):
        if "/S" in element:
            yield str(element["/S"]).lstrip("/")
        if "/K" in element:
            yield from _kinds(element["/K"])
