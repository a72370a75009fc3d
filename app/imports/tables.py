"""What an import keeps while it works."""

from piccolo.columns import JSONB, UUID, BigInt, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Contract
from app.database import uuid7
from app.database.data_fields import Fields, Level
from app.database.quotas import Bound, Quota, WhenFull
from app.web.i18n import N_


class ImportLine(Table):
    """A line of a file, only as long as the transaction of its import.

    Attributes:
        id: becomes the id of the row that the line makes.
        event: becomes the id of its audit event.
    """

    id = UUID(primary_key=True, default=uuid7)
    import_ = UUID(default=None, db_column_name="import")
    kind = Text()
    line = Integer()
    content = JSONB()
    event = UUID(default=uuid7)


class ImportPerson(Table):
    """A person of an imported file who waits for an invitation."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    email = Text()
    role = Text()
    language = Text()
    imported_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)


class BulkImport(Table):
    """A file that was uploaded to be imported, and what came of it.

    Attributes:
        size, sha256: come when the file is whole.
        language: of the person who uploaded it; the faults are in it.
        state: an ImportState.
        reason: why the file cannot be imported at all, else empty.
        lines, added: kind → number, as found by the check or done by the import.
        wrong: how many faults there are.
        left_out: names of sheets and files that the import does not read.
        moved_at: when it came into its state.
    """

    id = UUID(primary_key=True, default=uuid7)
    name = Text()
    storage_key = Text(unique=True)
    size = BigInt(null=True, default=None)
    sha256 = Text(null=True, default=None)
    language = Text()
    state = Text(default="uploading")
    reason = Text()
    lines = JSONB()
    added = JSONB()
    wrong = Integer()
    left_out = JSONB(default="[]")
    uploaded_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    confirmed_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
    begun_at = Timestamptz(default=None)
    moved_at = Timestamptz(default=None)
    file_deleted_at = Timestamptz(null=True, default=None)


class BulkImportProgress(Table):
    """How far the worker is that has the import; attempts also count workers that died."""

    id = UUID(primary_key=True, default=uuid7)
    import_ = ForeignKey(
        BulkImport, null=False, unique=True, on_delete=OnDelete.cascade, db_column_name="import"
    )
    phase = Text()
    lines = Integer()
    attempts = Integer()


class BulkImportFault(Table):
    """Something wrong in an uploaded file; see rules.Fault."""

    id = UUID(primary_key=True, default=uuid7)
    import_ = ForeignKey(
        BulkImport, null=False, on_delete=OnDelete.cascade, db_column_name="import"
    )
    number = Integer()
    kind = Text()
    line = Integer()
    column = Text()
    message = Text()


DATA = (
    Fields(
        "import_line",
        "import kind line content event",
        Level.CONFIDENTIAL,
        "operator faults as a file",
        "operator",
    ),
    Fields(
        "import_person",
        "contract email role language imported_by",
        Level.PERSONAL,
        "owners; viewer",
        "operator",
    ),
    Fields(
        "bulk_import",
        "name storage_key size sha256 language state reason lines added wrong "
        "left_out uploaded_by confirmed_by begun_at moved_at file_deleted_at",
        Level.CONFIDENTIAL,
        "viewer",
        "operator",
    ),
    Fields(
        "bulk_import_progress", "import phase lines attempts", Level.HOUSE, "viewer", "the portal"
    ),
    Fields(
        "bulk_import_fault",
        "import number kind line column message",
        Level.CONFIDENTIAL,
        "viewer; as a file operator",
        "the portal",
    ),
)
QUOTAS = (
    Quota(
        "bulk_import_of_a_person",
        "bulk_import",
        ("uploaded_by",),
        10,
        "begun_at",
        when_full=WhenFull.REFUSE,
        only="t.file_deleted_at is null",
        advice=N_("You have 10 files waiting to be imported. Import or discard one of them first."),
    ),
)
BOUNDS = (
    Bound("import_line", "lines of a file, during its import only"),
    Bound("import_person", "people of an imported file, until they are invited"),
    Bound("bulk_import_progress", "unique: one for each import"),
    Bound("bulk_import_fault", "at most 10,000 for each import"),
)
