"""Serve the brand's style sheet and logo to everyone, because emails show the logo as well."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.brand.services import refresh
from app.settings import Settings
from app.web.brand import Brand, current
from app.web.requests import PageRequest

FOR_EVER = "public, max-age=31536000, immutable"
# An address of an older brand gets the newest one, and asks again next time.
FOR_NOW = "public, no-cache"
# Opened by itself an SVG is a document: this one loads nothing and runs nothing.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@get("/brand/{name:str}", opt={"public": True})
async def show_brand_file(
    request: PageRequest, settings: NamedDependency[Settings], name: FromPath[str]
) -> Response[bytes]:
    """The style sheet `<revision>.css`, or the logo `logo-<digest>`.

    Raises:
        NotFoundException: the brand has none.
    """
    if name not in _names(current()):
        # Another process may have shown the page that asks for it.
        await refresh(settings)
    brand = current()
    if name.endswith(".css") and brand.style:
        return _file(request, brand.style.encode(), "text/css", brand, name)
    if name.startswith("logo-") and brand.logo is not None:
        return _file(request, brand.logo.content, brand.logo.media_type, brand, name)
    raise NotFoundException


def _names(brand: Brand) -> set[str]:
    return {brand.style_name} | ({brand.logo.file_name} if brand.logo else set())


def _file(
    request: PageRequest, content: bytes, media_type: str, brand: Brand, name: str
) -> Response[bytes]:
    own = brand.style_name if name.endswith(".css") else brand.logo.file_name if brand.logo else ""
    headers = {
        "Cache-Control": FOR_EVER if name == own else FOR_NOW,
        "ETag": f'"{own}"',
        "Content-Security-Policy": POLICY,
        # Mail programs in a browser load the logo from elsewhere.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
