"""Downloadable files and the products they belong to."""

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound, Quota, WhenFull
from app.products.tables import Product
from app.web.i18n import N_


class ResourceUpload(Table):
    """A file in storage that is not offered yet; `size` and `sha256` come when it is whole."""

    id = UUID(primary_key=True, default=uuid7)
    storage_key = Text(unique=True)
    name = Text()
    media_type = Text()
    size = BigInt(null=True, default=None)
    sha256 = Text(null=True, default=None)
    uploaded_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    begun_at = Timestamptz(default=None)


class Resource(Table):
    """A file in storage; `size` is bytes, `sha256` lower-case hex of its content.

    What `keeps_file` says no more is deleted from storage at `file_deleted_at`. The database counts
    `revision` with every change, of the products too.
    """

    id = UUID(primary_key=True, default=uuid7)
    name = Text()
    version = Text()
    media_type = Text()
    size = BigInt()
    sha256 = Text()
    storage_key = Text(unique=True)
    published_at = Timestamptz(default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    keeps_file = Boolean(default=True)
    file_deleted_at = Timestamptz(null=True, default=None)
    revision = Integer(default=1)
    security_fix = Boolean(default=False)


class ResourceProduct(Table):
    """People whose contract has the product may have the file."""

    id = UUID(primary_key=True, default=uuid7)
    resource = ForeignKey(Resource, null=False, on_delete=OnDelete.cascade)
    product = ForeignKey(Product, null=False, on_delete=OnDelete.restrict)


class ResourceManifest(Table):
    """The newest signed manifest of a resource: one line of compact JWS."""

    id = UUID(primary_key=True, default=uuid7)
    resource = ForeignKey(Resource, null=False, unique=True, on_delete=OnDelete.cascade)
    keyset_version = Integer()
    content = Text()
    signed_at = Timestamptz(default=None)


class ResourceSbom(Table):
    """The bill of materials of a resource, as it was uploaded."""

    id = UUID(primary_key=True, default=uuid7)
    resource = ForeignKey(Resource, null=False, unique=True, on_delete=OnDelete.cascade)
    format = Text()
    spec_version = Text()
    content = Bytea()
    sha256 = Text()
    components = Integer()
    attached_at = Timestamptz(default=None)


class ResourceComponent(Table):
    """A component that a bill of materials lists."""

    id = UUID(primary_key=True, default=uuid7)
    sbom = ForeignKey(ResourceSbom, null=False, on_delete=OnDelete.cascade)
    name = Text()
    version = Text()
    license = Text()
    purl = Text()


DATA = (
    Fields(
        "resource_upload",
        "storage_key name media_type size sha256 uploaded_by begun_at",
        Level.HOUSE,
        "viewer",
        "operator",
    ),
    Fields(
        "resource",
        "name version media_type size sha256 storage_key published_at withdrawn_at "
        "keeps_file file_deleted_at revision security_fix",
        Level.HOUSE,
        "people whose contract has the product; viewer facts",
        "operator",
    ),
    Fields(
        "resource_product",
        "resource product",
        Level.HOUSE,
        "people whose contract has the product; viewer",
        "operator",
    ),
    Fields(
        "resource_manifest",
        "resource keyset_version content signed_at",
        Level.HOUSE,
        "people whose contract has the product; viewer facts",
        "the portal",
    ),
    Fields(
        "resource_sbom",
        "resource format spec_version content sha256 components attached_at",
        Level.HOUSE,
        "people whose contract has the product; viewer",
        "operator",
    ),
    Fields(
        "resource_component",
        "sbom name version license purl",
        Level.HOUSE,
        "people whose contract has the product; viewer",
        "operator",
    ),
)
QUOTAS = (
    Quota(
        "resource_upload_of_a_person",
        "resource_upload",
        ("uploaded_by",),
        10,
        "begun_at",
        when_full=WhenFull.REFUSE,
        advice=N_("You have 10 unpublished uploads. Publish or discard one of them first."),
    ),
)
BOUNDS = (
    Bound("resource", "operators publish them"),
    Bound("resource_product", "unique: one for each resource and product"),
    Bound("resource_manifest", "unique: one for each resource"),
    Bound("resource_sbom", "unique: one for each resource"),
    Bound("resource_component", "at most 20,000 for each bill of materials"),
)
