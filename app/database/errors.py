"""What services raise where the database has moved on."""


class Gone(Exception):
    """The row is not there any more, or never was one of this contract."""


class Changed(Exception):
    """Somebody else changed the row since it was shown."""
