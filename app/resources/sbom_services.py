"""Attaching a bill of materials to a resource, and removing it."""

import asyncio
import hashlib
from collections.abc import Sequence
from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import Gone, fetch, lock_row, unit_of_work, uuid7
from app.resources.sbom_rules import Component, Sbom
from app.resources.tables import Resource, ResourceSbom


async def attach_sbom(*, resource: UUID, sbom: Sbom, content: bytes, actor: UUID) -> None:
    """Attach a bill of materials in place of an older one.

    Args:
        sbom: what `read_sbom` found in the content.

    Raises:
        Gone: the resource was withdrawn.
    """
    row = ResourceSbom(
        resource=resource,
        format=sbom.format.value,
        spec_version=sbom.version,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        components=len(sbom.components),
        attached_at=clock.now(),
    )
    columns = await asyncio.to_thread(_columns, sbom.components)
    async with unit_of_work():
        await _lock_offered(resource)
        await ResourceSbom.delete().where(ResourceSbom.resource == resource)
        await ResourceSbom.insert(row)
        await _add_components(row.id, columns)
        await record(
            "resource-sbom-attachment",
            actor=actor,
            subject=resource,
            format=row.format,
            components=row.components,
        )


async def remove_sbom(*, resource: UUID, actor: UUID) -> None:
    """Remove the bill of materials of a resource.

    Raises:
        Gone: it has none, or the resource was withdrawn.
    """
    async with unit_of_work():
        await _lock_offered(resource)
        own = ResourceSbom.resource == resource
        if not await ResourceSbom.delete().where(own).returning(ResourceSbom.id):
            raise Gone
        await record("resource-sbom-removal", actor=actor, subject=resource)


def _columns(components: Sequence[Component]) -> tuple[list[object], ...]:
    rows = [(uuid7(), each.name, each.version, each.license, each.purl) for each in components]
    return tuple(map(list, zip(*rows, strict=True))) if rows else ([], [], [], [], [])


async def _add_components(sbom: UUID, columns: tuple[list[object], ...]) -> None:
    await fetch(
        "insert into resource_component (id, sbom, name, version, license, purl)"
        " select n.id, $1, n.name, n.version, n.license, n.purl"
        " from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])"
        " as n (id, name, version, license, purl)",
        sbom,
        *columns,
    )


async def _lock_offered(resource: UUID) -> None:
    await lock_row(Resource, (Resource.id == resource) & Resource.withdrawn_at.is_null())
