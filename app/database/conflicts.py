"""What a service raises where a row is not as the person saw it; nothing was changed then.

A confirmed act that wants words of its own catches it or names it in its refusals.
"""


class Gone(Exception):
    """The row is not there any more, or is over: deleted, ended, or of somebody else."""


class Changed(Exception):
    """Somebody else changed the row since the person looked at it."""
