"""kill -9 of the worker, again and again while it sends webhooks.

    python -m benchmarks.webhook_kills --deliveries 2000 --kills 50 --seed 1

Events are written for twenty endpoints in a database of its own; `portal worker` sends them to a
real HTTPS receiver on loopback and is killed at random moments of its deliveries. The leases of a
killed worker end at once instead of after two minutes. Prints what was lost and what came twice;
exits with 1 where anything was lost.
"""

import sys

from benchmarks.worker_kills import drill
from tests.webhooks.kills import deliver_through_kills

if __name__ == "__main__":
    figure = "webhooks lost by kill -9 of the worker"
    sys.exit(drill(__doc__, "deliveries", figure, deliver_through_kills))
