"""Why a photograph cannot be used: closed codes."""

from enum import StrEnum


class PhotoFault(StrEnum):
    """Why no code was read from a picture."""

    NO_PICTURE = "no-picture"
    HEIF = "heif"
    BROKEN = "broken-picture"
    TOO_LARGE = "picture-too-large"
    NO_CODE = "no-code"


class Unreadable(Exception):
    """Nothing was read; `fault` says why."""

    def __init__(self, fault: PhotoFault) -> None:
        super().__init__(fault.value)
        self.fault = fault
