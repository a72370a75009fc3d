"""What the portal does by itself about single sign-on."""

from app.background.task import Task, repeat
from app.single_sign_on.recheck_services import check_next_domain

CHECKING = Task("domain-checks", repeat(check_next_domain), pause_seconds=600.0)
