"""Documents as people get them: made for the request, in the reader's language."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import brotli
from litestar import Response
from litestar.exceptions import TooManyRequestsException

from app.pdf.documents import Document, Section
from app.pdf.process import make_pdf
from app.web.background import StillAtWork, in_background_of
from app.web.downloads import attachment
from app.web.i18n import gettext as _
from app.web.i18n import language, moment, zone_name
from app.web.requests import PageRequest, takes_brotli
from app.web.vendor import vendor_name

RETRY_AFTER = "5"
# What tags a document for screen readers is text: this makes a large one ten times smaller.
QUALITY = 5


def new_document(
    title: str,
    reference: str,
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Section],
    *,
    at: datetime,
    time_zone: str,
) -> Document:
    """Return a document that the vendor issues, in the reader's language.

    Args:
        reference: the number of what it is about.
        at: as of when it is.
        time_zone: IANA name of the zone whose clocks tell that.
    """
    zone = zone_name(time_zone)
    return Document(
        language=language.get(),
        issuer=vendor_name(),
        title=title,
        reference=reference,
        state=_("As of %(moment)s (%(zone)s)", moment=moment(at, time_zone), zone=zone),
        # What is printed tells no seconds, so that two of one minute are equal.
        made_at=at.replace(second=0, microsecond=0),
        replaced=_("{mark} stands for characters that the typeface does not have: {characters}"),
        facts=facts,
        sections=sections,
    )


async def send_document(
    request: PageRequest, person: UUID, document: Document, name: str
) -> Response[bytes]:
    """Make a document, and answer with it.

    Args:
        person: who gets it; each has one made at a time.

    Raises:
        TooManyRequestsException: the person's last one is still being made.
    """
    try:
        content = await in_background_of(person, partial(make_pdf, document))
    except StillAtWork:
        raise TooManyRequestsException(headers={"Retry-After": RETRY_AFTER}) from None
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    if takes_brotli(request.scope):
        content = await asyncio.to_thread(brotli.compress, content, quality=QUALITY)
        headers |= {"Content-Encoding": "br", "Vary": "Accept-Encoding"}
    return Response(content, media_type="application/pdf", headers=headers)
