"""What the portal does by itself about notices."""

from app.background.task import Task, repeat
from app.notices.mailing_services import mail_notices

MAILING = Task("notice-mails", repeat(mail_notices), pause_seconds=2.0)
