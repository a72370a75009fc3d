"""The demo's files and where they are downloaded."""

from collections.abc import AsyncIterator
from uuid import UUID

from app.database import fetch_value

PLATFORM = "業務基盤プラットフォーム_導入パッケージ.zip"
WORKFLOW = "ワークフロー_更新パッチ.zip"


async def resource_id(name: str) -> UUID:
    """The id of a resource by its file name."""
    id: UUID = await fetch_value("select id from resource where name = $1", name)
    return id


async def file_path(name: str, contract: str = "D-1001") -> str:
    """Where people of a contract download a file."""
    return f"/contracts/{contract}/resources/{await resource_id(name)}/file"


async def product_id(code: str) -> UUID:
    """The id of a product of the catalogue."""
    id: UUID = await fetch_value("select id from product where code = $1", code)
    return id


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    """An upload as it comes in."""
    for part in parts:
        yield part
