"""One plain message for each outcome: what is wrong and what to do.

`%(claim)s` in a message stands for the claim's path in the file.
"""

from app.activation.format.keysets import KeysetOutcome
from app.activation.format.recognition import FileKind
from app.activation.format.requests import RequestOutcome
from app.activation.rules import IssueOutcome
from app.web.i18n import N_

REQUEST_MESSAGES: dict[RequestOutcome, str] = {
    RequestOutcome.EMPTY: N_(
        "The file is empty. Make the activation request file again and upload it."
    ),
    RequestOutcome.TOO_LARGE: N_(
        "The file is larger than 64 KiB, so it is not an activation request file. "
        "Choose the file activation-request.jwt."
    ),
    RequestOutcome.NOT_TEXT: N_(
        "The file is not a text file. Choose the file activation-request.jwt."
    ),
    RequestOutcome.MALFORMED: N_(
        "The file is not an activation request file, or it was changed on the way. "
        "Copy it again without opening it in an editor, or make a new one."
    ),
    RequestOutcome.DUPLICATE_MEMBER: N_(
        "The file names an entry twice. Make the activation request file again with the "
        "licensed system."
    ),
    RequestOutcome.IS_AN_ACTIVATION_FILE: N_(
        "This is an activation file. Load it into the licensed system; "
        "upload the activation request file here."
    ),
    RequestOutcome.WRONG_TYPE: N_(
        "This is another kind of file. Choose the file activation-request.jwt that the "
        "licensed system made."
    ),
    RequestOutcome.WRONG_ALGORITHM: N_(
        "The file is signed in a way that is not accepted. Update the licensed system and make "
        "the activation request file again."
    ),
    RequestOutcome.UNKNOWN_CRITICAL_HEADER: N_(
        "The file asks for something that this portal does not know. "
        "Ask your sales contact which version of the licensed system to use."
    ),
    RequestOutcome.MISSING_KEY: N_(
        "The file lacks the key of the licensed system. Make the activation request file again."
    ),
    RequestOutcome.INVALID_KEY: N_(
        "The key in the file cannot be used. Set up the licensed system again and make a new "
        "activation request file."
    ),
    RequestOutcome.PRIVATE_KEY_INCLUDED: N_(
        "The file contains the private key of the licensed system, which must not leave it. "
        "Delete the file, set up the licensed system again and make a new one."
    ),
    RequestOutcome.BAD_SIGNATURE: N_(
        "The signature does not fit the file, so it was changed on the way. "
        "Copy it again or make a new one, and compare the check code."
    ),
    RequestOutcome.WRONG_AUDIENCE: N_(
        "The file was not made for this portal. Make the activation request file again with "
        "the licensed system."
    ),
    RequestOutcome.MISSING_CLAIM: N_(
        'The file lacks the entry "%(claim)s". Update the licensed system and make the '
        "activation request file again."
    ),
    RequestOutcome.INVALID_CLAIM: N_(
        'The entry "%(claim)s" of the file is not valid. Update the licensed system and make '
        "the activation request file again."
    ),
    RequestOutcome.INVISIBLE_CHARACTER: N_(
        'The entry "%(claim)s" of the file contains an invisible character. Set up the licensed '
        "system again with a name that does not contain it, and make a new activation request"
        " file."
    ),
    RequestOutcome.WEAK_NONCE: N_(
        "The random number in the file is too short. Update the licensed system and make the "
        "activation request file again."
    ),
    RequestOutcome.FROM_THE_FUTURE: N_(
        "The clock of the licensed system is more than 24 hours ahead. "
        "Set its clock and make the activation request file again."
    ),
}

# What a refused file is, if the portal recognises it; it says more than the outcome.
KIND_MESSAGES: dict[FileKind, str] = {
    FileKind.ACTIVATION: N_(
        "This is an activation file, which the portal made. Load it into the licensed system. "
        "Here, choose the request file that the licensed system made (activation-request.jwt)."
    ),
    FileKind.KEY: N_(
        "This is a key file. Choose the request file that the licensed system made"
        " (activation-request.jwt)."
    ),
    FileKind.PDF: N_(
        "This is a PDF. Choose the request file that the licensed system made "
        "(activation-request.jwt)."
    ),
    FileKind.ARCHIVE: N_(
        "This is a ZIP file or an Office document. If the request file is inside a ZIP file, "
        "unpack it first and choose activation-request.jwt."
    ),
    FileKind.PICTURE: N_(
        "This is a picture. Choose the request file that the licensed system made "
        "(activation-request.jwt)."
    ),
    FileKind.WEB_PAGE: N_(
        "This is a web page. Download the request file on the page License management of the "
        "licensed system with its button, not by saving the page."
    ),
    FileKind.UTF_16: N_(
        "The file was saved as UTF-16 by an editor. Copy the request file from the licensed "
        "system again, without opening and saving it."
    ),
    FileKind.MARKED: N_(
        "An editor added a byte order mark (BOM) to the file when saving it. Copy the request"
        " file from the licensed system again, without opening and saving it."
    ),
    FileKind.QUOTED: N_(
        "A mail program added quote characters (>) to the text of the file. Send the request file"
        " as an attachment, or copy it from the licensed system again."
    ),
    FileKind.WRAPPED: N_(
        "Line breaks or spaces were added to the text of the file. Send the request file as an "
        "attachment, or copy it from the licensed system again."
    ),
    FileKind.ENCODED: N_(
        "The file is still encoded for mail (base64). Save the attachment with the mail program,"
        " or copy the request file from the licensed system again."
    ),
    FileKind.CUT_OFF: N_(
        "The file was cut off: its end is missing. Copy the whole request file from the licensed "
        "system again."
    ),
}

ISSUE_MESSAGES: dict[IssueOutcome, str] = {
    IssueOutcome.OTHER_ENVIRONMENT: N_(
        "This activation request file was already used for another environment. "
        "Open that environment, or make a new activation request file."
    ),
    IssueOutcome.SAME_ID_OTHER_CONTENT: N_(
        "Another activation request file with the same number was already used. "
        "Make a new activation request file."
    ),
    IssueOutcome.CONTRACT_ENDED: N_(
        "The contract has ended, so nothing can be activated or returned. "
        "Contact your sales contact."
    ),
    IssueOutcome.ENVIRONMENT_RETIRED: N_(
        "The environment is retired. Choose another environment or create a new one."
    ),
    IssueOutcome.NOTHING_ALLOCATED: N_(
        "No product that can be used is allocated to this environment. Allocate products first."
    ),
    IssueOutcome.TOO_MANY_PRODUCTS: N_(
        "More than 100 products are allocated to this environment. Spread them over several "
        "environments."
    ),
    IssueOutcome.MOVES_EXHAUSTED: N_(
        "This environment was moved to another system too often within a year. "
        "Contact your sales contact."
    ),
    IssueOutcome.SEQUENCE_EXHAUSTED: N_(
        "The activation number in the file is too high. Set up the licensed system again and "
        "make a new activation request file."
    ),
    IssueOutcome.SEQUENCE_LEAP: N_(
        "The activation number in the file is far above every number issued for this environment. "
        "Check that you chose the right environment. If it is right, set up the licensed system "
        "again and make a new activation request file."
    ),
    IssueOutcome.NO_SIGNING_KEY: N_(
        "The portal cannot sign at the moment. Nothing was changed. "
        "Try again later or contact your sales contact."
    ),
    IssueOutcome.NOT_ACTIVATED: N_(
        "This environment has never been activated, so there is nothing to return. "
        "Check that you chose the right environment."
    ),
    IssueOutcome.RETURN_OTHER_KEY: N_(
        "The return was made by another system than the one that is activated. "
        "Choose the environment of that system."
    ),
    IssueOutcome.RETURN_NOT_CURRENT: N_(
        "The return is not for the newest activation of this environment. Load the newest "
        "activation file into the licensed system and make the return again."
    ),
    IssueOutcome.ALREADY_ENDED: N_(
        "This activation has already ended, so there is nothing to return."
    ),
}

KEYSET_MESSAGES: dict[KeysetOutcome, str] = {
    KeysetOutcome.MALFORMED: N_("The file is not a signed keyset. Sign the keyset again."),
    KeysetOutcome.WRONG_TYPE: N_(
        "This is another kind of file. Choose the signed keyset that portal keys sign wrote."
    ),
    KeysetOutcome.UNKNOWN_ROOT: N_(
        "The keyset is signed by a root key that this portal does not know. "
        "Sign it with the root key of this portal."
    ),
    KeysetOutcome.BAD_SIGNATURE: N_(
        "The signature of the keyset does not verify. Copy the file again, or sign it again."
    ),
    KeysetOutcome.INVALID_KEYS: N_(
        "The keyset breaks its format. Rotate the signing key again and sign the new keyset."
    ),
    KeysetOutcome.NOT_NEWER: N_(
        "A keyset of this version or a newer one is already in use. "
        "Rotate the signing key again and sign the new keyset."
    ),
}
