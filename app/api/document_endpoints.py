"""The description of the API, for people's tools."""

from typing import Any

from litestar import MediaType, Request, Response, get


@get("/openapi.json", opt={"public": True}, include_in_schema=False)
async def read_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Read the OpenAPI document; it takes no token."""
    return Response(request.app.state.document(), media_type=MediaType.JSON)
