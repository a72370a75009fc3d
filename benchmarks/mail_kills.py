"""kill -9 of the mail worker, again and again while it delivers.

    python -m benchmarks.mail_kills --mails 2000 --kills 50 --seed 1

Mails are written into the outbox of a database of its own; `portal worker` hands them to a real
SMTP server on loopback and is killed at random moments of its deliveries. The leases of a killed
worker end at once instead of after two minutes. Prints what was lost and what came twice; exits
with 1 where anything was lost.
"""

import sys

from benchmarks.worker_kills import drill
from tests.mail.kills import deliver_through_kills

if __name__ == "__main__":
    figure = "mails lost by kill -9 of the worker"
    sys.exit(drill(__doc__, "mails", figure, deliver_through_kills))
