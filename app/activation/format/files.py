"""What people see of a file: its check code and its name."""

import hashlib
import unicodedata

from app.activation.format.signed_files import lines_of

MAX_NAME_PART_BYTES = 80
CHECK_CODE_DIGITS = 20


def check_code(data: bytes) -> str:
    """First 20 hexadecimal digits of the SHA-256 without the final newline, in groups of four.

    CRLF counts as LF: a program that changes line ends does not change the code. Both sides show
    it, so a person who carries a file can check that it is the right one.
    """
    digits = hashlib.sha256(lines_of(data)).hexdigest()[:CHECK_CODE_DIGITS]
    return " ".join(digits[at : at + 4] for at in range(0, CHECK_CODE_DIGITS, 4))


def file_name(contract_number: str, environment: str, seq: int) -> str:
    """``activation-<contract number>-<environment>-<seq>.jwt``, fit for every file system.

    Letters and digits of any script stay, in composed form (NFC); every run of other characters
    becomes one underscore, and long names are cut, so the whole stays below 255 bytes of UTF-8.
    """
    return f"activation-{_part(contract_number)}-{_part(environment)}-{seq}.jwt"


def emergency_file_name(contract_number: str, environment: str, slot: int) -> str:
    """``emergency-<contract number>-<environment>-<slot>.jwt``, made in the same way."""
    return f"emergency-{_part(contract_number)}-{_part(environment)}-{slot}.jwt"


def _part(text: str) -> str:
    kept = (char if _is_plain(char) else " " for char in unicodedata.normalize("NFC", text))
    whole = "_".join("".join(kept).split())
    return whole.encode()[:MAX_NAME_PART_BYTES].decode(errors="ignore") or "_"


def _is_plain(char: str) -> bool:
    """Letters, marks and numbers; surrogates, controls and invisible characters are none."""
    return char in "-_" or unicodedata.category(char)[0] in "LMN"
