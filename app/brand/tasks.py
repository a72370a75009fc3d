"""What the portal does by itself about the brand: each process takes a change over."""

from app.background.task import Task, repeat
from app.brand.services import refresh

# Every process shows it, also one that leaves other work to `portal worker`.
REFRESH = Task("brand-refresh", repeat(refresh), pause_seconds=5.0, in_every_server=True)
