"""What the portal does by itself about what ends."""

from app.background.task import Task, repeat
from app.reminders.event_services import emit_end_dates
from app.reminders.reminder_services import send_reminders

REMINDING = Task("reminders", repeat(send_reminders), pause_seconds=600.0)
EMISSION = Task("end-date-events", repeat(emit_end_dates), pause_seconds=600.0)
