"""自分のデータ: a file with everything that the portal has about a person."""

import json

from litestar import Response, get
from litestar.di import NamedDependency

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.web.requests import PageRequest, is_head
from app.withdrawal.access import proved_by_factor
from app.withdrawal.data_queries import find_own_data
from app.withdrawal.services import note_download


@get("/profile/data", guards=[signed_in, proved_by_factor])
async def download_own_data(
    request: PageRequest, viewer: NamedDependency[Viewer]
) -> Response[bytes]:
    """One JSON file."""
    data = await find_own_data(viewer.id)
    if not is_head(request):
        await note_download(viewer)
    return Response(
        json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n",
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="license-portal-data.json"',
            "Cache-Control": "no-store",
        },
    )
