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
        "The file is empty. Create the activation request file again and upload it."
    ),
    RequestOutcome.TOO_LARGE: N_(
        "The file is larger than 64 KiB, so it is not an activation request file. Select the"
        " file activation-request.jwt."
    ),
    RequestOutcome.NOT_TEXT: N_(
        "The file is not a text file. Select the file activation-request.jwt."
    ),
    RequestOutcome.MALFORMED: N_(
        "The file is not an activation request file, or it was changed. Copy it again without"
        " opening it in an editor, or create a new one."
    ),
    RequestOutcome.DUPLICATE_MEMBER: N_(
        "The file contains the same entry twice. Create the activation request file again on"
        " the licensed system."
    ),
    RequestOutcome.IS_AN_ACTIVATION_FILE: N_(
        "This is an activation file. Load it into the licensed system. Upload the activation"
        " request file here."
    ),
    RequestOutcome.WRONG_TYPE: N_(
        "This is a different kind of file. Select the file activation-request.jwt that the"
        " licensed system created."
    ),
    RequestOutcome.WRONG_ALGORITHM: N_(
        "The file uses a signature method that the portal does not accept. Update the"
        " licensed system and create the activation request file again."
    ),
    RequestOutcome.UNKNOWN_CRITICAL_HEADER: N_(
        "The file needs a feature that this portal does not support. Ask your sales contact"
        " which version of the licensed system to use."
    ),
    RequestOutcome.MISSING_KEY: N_(
        "The file does not contain the key of the licensed system. Create the activation"
        " request file again."
    ),
    RequestOutcome.INVALID_KEY: N_(
        "The key in the file cannot be used. Set up the licensed system again and create a"
        " new activation request file."
    ),
    RequestOutcome.PRIVATE_KEY_INCLUDED: N_(
        "The file contains the private key of the licensed system, which must never leave"
        " that system. Delete the file, set up the licensed system again, and create a new"
        " file."
    ),
    RequestOutcome.BAD_SIGNATURE: N_(
        "The signature does not match the file, so the file was changed. Copy it again or"
        " create a new one, and compare the check code."
    ),
    RequestOutcome.WRONG_AUDIENCE: N_(
        "The file was not created for this portal. Create the activation request file again"
        " on the licensed system."
    ),
    RequestOutcome.MISSING_CLAIM: N_(
        'The entry "%(claim)s" is missing from the file. Update the licensed system and'
        " create the activation request file again."
    ),
    RequestOutcome.INVALID_CLAIM: N_(
        'The entry "%(claim)s" in the file is not valid. Update the licensed system and'
        " create the activation request file again."
    ),
    RequestOutcome.INVISIBLE_CHARACTER: N_(
        'The entry "%(claim)s" in the file contains an invisible character. Set up the'
        " licensed system again with a name that does not contain it, and create a new"
        " activation request file."
    ),
    RequestOutcome.WEAK_NONCE: N_(
        "The random number in the file is too short. Update the licensed system and create"
        " the activation request file again."
    ),
    RequestOutcome.FROM_THE_FUTURE: N_(
        "The clock of the licensed system is more than 24 hours ahead. Correct the clock and"
        " create the activation request file again."
    ),
}

# What a refused file is, if the portal recognises it; it says more than the outcome.
KIND_MESSAGES: dict[FileKind, str] = {
    FileKind.ACTIVATION: N_(
        "This is an activation file, which the portal created. Load it into the licensed"
        " system. Here, select the request file that the licensed system created"
        " (activation-request.jwt)."
    ),
    FileKind.KEY: N_(
        "This is a key file. Select the request file that the licensed system created"
        " (activation-request.jwt)."
    ),
    FileKind.PDF: N_(
        "This is a PDF. Select the request file that the licensed system created"
        " (activation-request.jwt)."
    ),
    FileKind.ARCHIVE: N_(
        "This is a ZIP file or an Office document. If the request file is in a ZIP file,"
        " extract it first and select activation-request.jwt."
    ),
    FileKind.PICTURE: N_(
        "This is an image. Select the request file that the licensed system created"
        " (activation-request.jwt)."
    ),
    FileKind.WEB_PAGE: N_(
        "This is a web page. Do not save the page. Download the request file with the button"
        " on the License management page of the licensed system."
    ),
    FileKind.TEXT: N_(
        "This is an ordinary text file, such as a memo or a CSV file. Select the request file"
        " that the licensed system created (activation-request.jwt)."
    ),
    FileKind.UTF_16: N_(
        "An editor saved the file as UTF-16. Copy the request file from the licensed system"
        " again, without opening and saving it."
    ),
    FileKind.MARKED: N_(
        "An editor added a byte order mark (BOM) when it saved the file. Copy the request"
        " file from the licensed system again, without opening and saving it."
    ),
    FileKind.QUOTED: N_(
        "An email program added quote characters (>) to the file. Send the request file as an"
        " attachment, or copy it from the licensed system again."
    ),
    FileKind.WRAPPED: N_(
        "Line breaks or spaces were added to the file. Send the request file as an"
        " attachment, or copy it from the licensed system again."
    ),
    FileKind.ENCODED: N_(
        "The file is still encoded for email (base64). Save the attachment with your email"
        " program, or copy the request file from the licensed system again."
    ),
    FileKind.CUT_OFF: N_(
        "The end of the file is missing. Copy the whole request file from the licensed system"
        " again."
    ),
}

ISSUE_MESSAGES: dict[IssueOutcome, str] = {
    IssueOutcome.OTHER_ENVIRONMENT: N_(
        "This activation request file was already used for another environment. Open that"
        " environment, or create a new activation request file."
    ),
    IssueOutcome.SAME_ID_OTHER_CONTENT: N_(
        "Another activation request file with the same number was already used. Create a new"
        " activation request file."
    ),
    IssueOutcome.CONTRACT_ENDED: N_(
        "The contract has ended, so you cannot activate or return anything. Talk to your"
        " sales contact."
    ),
    IssueOutcome.ENVIRONMENT_RETIRED: N_(
        "The environment is retired. Select another environment or create a new one."
    ),
    IssueOutcome.NOTHING_ALLOCATED: N_(
        "This environment has no allocated products that can be used. Allocate products first."
    ),
    IssueOutcome.TOO_MANY_PRODUCTS: N_(
        "More than 100 products are allocated to this environment. Divide them among several"
        " environments."
    ),
    IssueOutcome.MOVES_EXHAUSTED: N_(
        "This environment has reached the limit of moves to another system within a year."
        " Talk to your sales contact."
    ),
    IssueOutcome.SEQUENCE_EXHAUSTED: N_(
        "The activation number in the file is too high. Set up the licensed system again and"
        " create a new activation request file."
    ),
    IssueOutcome.SEQUENCE_LEAP: N_(
        "The activation number in the file is far higher than any number issued for this"
        " environment. Check that you selected the right environment. If you did, set up the"
        " licensed system again and create a new activation request file."
    ),
    IssueOutcome.FILE_TOO_LARGE: N_(
        "The activation file would be larger than 64 KiB, which no system can read. Allocate fewer"
        " products to this environment, or divide them among several environments."
    ),
    IssueOutcome.NO_SIGNING_KEY: N_(
        "The portal cannot sign activation files at the moment. Nothing was changed. Try"
        " again later or talk to your sales contact."
    ),
    IssueOutcome.NOT_ACTIVATED: N_(
        "This environment has never been activated, so there is nothing to return. Check that"
        " you selected the right environment."
    ),
    IssueOutcome.RETURN_OTHER_KEY: N_(
        "A different system created this return file, not the activated system. Select the"
        " environment of that system."
    ),
    IssueOutcome.RETURN_NOT_CURRENT: N_(
        "The return file is not for the newest activation of this environment. Load the"
        " newest activation file into the licensed system and create the return file again."
    ),
    IssueOutcome.ALREADY_ENDED: N_(
        "This activation has already ended, so there is nothing to return."
    ),
}

KEYSET_MESSAGES: dict[KeysetOutcome, str] = {
    KeysetOutcome.MALFORMED: N_("The file is not a signed keyset. Sign the keyset again."),
    KeysetOutcome.WRONG_TYPE: N_(
        "This is a different kind of file. Select the signed keyset that portal keys sign created."
    ),
    KeysetOutcome.UNKNOWN_ROOT: N_(
        "The keyset is signed by an unknown root key. Sign it with the root key of this portal."
    ),
    KeysetOutcome.BAD_SIGNATURE: N_(
        "The signature of the keyset is not valid. Copy the file again, or sign it again."
    ),
    KeysetOutcome.MISSING_SECOND_SIGNATURE: N_(
        "The signature of the ML-DSA-65 root key is missing. Create a new signing key, and sign the"
        " keyset with both root keys."
    ),
    KeysetOutcome.INVALID_KEYS: N_(
        "The format of the keyset is not valid. Rotate the signing key again and sign the new"
        " keyset."
    ),
    KeysetOutcome.NOT_NEWER: N_(
        "This version of the keyset, or a newer one, is already in use. Rotate the signing"
        " key again and sign the new keyset."
    ),
}
