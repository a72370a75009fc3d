"""Why a file is refused as a logo."""

from enum import StrEnum


class Why(StrEnum):
    """The reasons; the console has the words."""

    NO_PICTURE = "no-picture"
    TOO_LARGE = "too-large"
    NOT_ALLOWED = "not-allowed"
    TOO_INTRICATE = "too-intricate"
    NO_SIZE = "no-size"


class LogoRefused(Exception):
    """The file is no logo that the portal shows.

    Attributes:
        why: the reason.
        what: the part of the file that is meant, where there is one.
    """

    def __init__(self, why: Why, what: str = "") -> None:
        super().__init__(why)
        self.why, self.what = why, what
