"""操作ガイド: its contents, and a page for each journey."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import signed_in
from app.home.guide_rules import CHAPTERS, find_topic, neighbours
from app.web.requests import PageRequest
from app.web.templates import page


@get("/guide", guards=[signed_in])
async def show_guide(request: PageRequest) -> Response[str]:
    """What the guide explains."""
    return page(request, "guide/contents.html", chapters=CHAPTERS)


@get("/guide/{slug:str}", guards=[signed_in])
async def show_topic(request: PageRequest, slug: FromPath[str]) -> Response[str]:
    """How one journey goes."""
    topic = find_topic(slug)
    if topic is None:
        raise NotFoundException
    before, after = neighbours(topic)
    return page(request, "guide/topic.html", topic=topic, before=before, after=after)
