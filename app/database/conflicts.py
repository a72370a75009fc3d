"""What a service raises if a row is not as the person saw it; nothing was changed then.

A confirmed act that has its own message catches it or names it in its refusals.
"""


class Gone(Exception):
    """The row is gone or over: deleted, ended, or of another person."""


class Changed(Exception):
    """Another person changed the row since the person looked at it."""
