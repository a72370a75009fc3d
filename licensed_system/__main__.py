"""``python -m licensed_system``: the command where its script is not on the path."""

import sys

from licensed_system.command import main

sys.exit(main())
