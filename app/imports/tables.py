"""What an import keeps while it works."""

from piccolo.columns import JSONB, UUID, ForeignKey, Integer, Text
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.accounts.tables import User
from app.contracts.tables import Contract
from app.database import uuid7


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
    """Somebody of an imported file who is to be invited."""

    id = UUID(primary_key=True, default=uuid7)
    contract = ForeignKey(Contract, null=False, on_delete=OnDelete.restrict)
    email = Text()
    role = Text()
    language = Text()
    imported_by = ForeignKey(User, null=True, on_delete=OnDelete.set_null)
