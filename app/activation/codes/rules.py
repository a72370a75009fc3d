"""How the QR codes of files are called, and what is said when they cannot be read."""

from collections.abc import Sequence

from app.activation.format.parts import PartsFault
from app.qr_codes.faults import PhotoFault
from app.web.i18n import N_
from app.web.i18n import gettext as _

PHOTO_MESSAGES: dict[PhotoFault, str] = {
    PhotoFault.NO_PICTURE: N_("“%(file)s” is not an image. Select photos as JPEG, PNG or WebP."),
    PhotoFault.HEIF: N_(
        "“%(file)s” is an HEIC or AVIF image, which the portal does not read. Save it as JPEG, or"
        " select “Most Compatible” in the camera settings and take the photo again."
    ),
    PhotoFault.BROKEN: N_("“%(file)s” is damaged. Take the photo again."),
    PhotoFault.TOO_LARGE: N_(
        "“%(file)s” is too large. Take a photo of up to 10 MiB and 50 megapixels."
    ),
    PhotoFault.NO_CODE: N_(
        "No QR code was found in “%(file)s”. Take the photo from closer, straight from the front"
        " and without reflections, so that the code fills most of it."
    ),
}
PARTS_MESSAGES: dict[str, str] = {
    PartsFault.EMPTY: N_("Select photos of the QR codes, or enter the text of the codes."),
    PartsFault.NOT_PARTS: N_(
        "This is not the text of the QR codes. It starts with LP1-. Turn off Japanese input"
        " before you scan, and scan the codes again."
    ),
    PartsFault.DAMAGED: N_(
        "The text of a code is not complete or was changed. Delete it and scan that code again."
    ),
    PartsFault.OTHER_MAKER: N_(
        "These are the QR codes of an activation file. Scan them on the licensed system. Here,"
        " take photos of the codes that the licensed system shows."
    ),
    PartsFault.MIXED: N_(
        "The codes belong to different files. Use the codes of one request file only. To start"
        " again, clear the text of the codes."
    ),
    PartsFault.MISSING: N_(
        "Still missing: part %(missing)s of %(count)s. The parts that were read are kept. Add a"
        " photo of the missing part, or scan it."
    ),
}
TOO_MANY_PHOTOS = N_("Select up to %(most)s photos at once. The others were not read.")
FOREIGN_CODES = N_(
    "The QR codes in the photos do not come from a licensed system. Take photos of the codes on"
    " its License management page."
)
ONE_AT_A_TIME = N_("Photos that you sent before are still being read. Try again in a moment.")


def photo_message(name: str, fault: PhotoFault) -> str:
    """Return why nothing was read from a photo, and what to do."""
    return _(PHOTO_MESSAGES[fault], file=name)


def parts_message(fault: PartsFault, missing: Sequence[int] = (), count: int = 0) -> str:
    """Return why the parts make no file yet, and what to do."""
    message = PARTS_MESSAGES[fault]
    if fault is not PartsFault.MISSING:
        return _(message)
    return _(message, missing=", ".join(map(str, missing)), count=count)
