"""What the portal does by itself about bulk imports."""

from app.background.task import Task, repeat
from app.imports.services import invite_imported
from app.imports.work_services import work_on_imports

IMPORTING = Task("imports", repeat(work_on_imports), pause_seconds=2.0)
INVITING = Task("imported-people", repeat(invite_imported), pause_seconds=5.0)
