"""What a service raises where a row is not as the person saw it; nothing was changed then.

Each confirmed act has its own words for it, since only it knows what the person wanted to do.
"""


class Gone(Exception):
    """The row is not there any more, or is over: deleted, ended, or of somebody else."""


class Changed(Exception):
    """Somebody else changed the row since the person looked at it."""
