"""Find this system's activation file in a ZIP archive with the files of several systems.

Nothing in the archive is trusted: the file that is found is verified like any other.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator

from licensed_system import jws
from licensed_system.languages import Words
from licensed_system.outcomes import Outcome, Refused

# The portal puts up to 200 files of up to 64 KiB into one archive.
MAX_BYTES = 16 * 1024 * 1024
MOST_ENTRIES = 1000
_SIGNATURE = b"PK\x03\x04"
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_NONE = Words(
    "ZIP ファイルに、このシステムのアクティベーションファイルがありません。"
    "このシステムで作成したリクエストファイルを登録したか確認してください。",
    "The ZIP file has no activation file for this system. Check that the request file of this "
    "system was uploaded.",
)
_BROKEN = Words(
    "ZIP ファイルが壊れています。ポータルからもう一度ダウンロードしてください。",
    "The ZIP file is damaged. Download it from the portal again.",
)


def is_archive(data: bytes) -> bool:
    """Whether a file is a ZIP archive."""
    return data.startswith(_SIGNATURE)


def own_file(data: bytes, jkt: str, nonces: Collection[str]) -> bytes:
    """Return the newest file for the key ``jkt``; one that answers an open request comes first.

    Raises ``Refused``: ``malformed`` for a broken archive, ``other-system`` where it has none.
    """
    found = [
        (claims.get("nonce") in nonces, seq, content)
        for content, claims in _activations(data)
        if isinstance(claims.get("cnf"), dict)
        and claims["cnf"].get("jkt") == jkt
        and isinstance(seq := claims.get("seq"), int)
    ]
    if not found:
        raise Refused(Outcome.OTHER_SYSTEM, {}, _NONE)
    return max(found)[2]


def _activations(data: bytes) -> Iterator[tuple[bytes, jws.Json]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise Refused(Outcome.MALFORMED, {}, _BROKEN)
            for entry in entries:
                if entry.compress_type in _COMPRESSIONS and not entry.is_dir():
                    with archive.open(entry) as file:
                        content = file.read(jws.MAX_BYTES + 1)
                    try:
                        yield content, jws.parse_file(content).first.payload
                    except Refused:
                        continue
    except Refused:
        raise
    except Exception as fault:  # the reader of archives raises much that has no common base
        raise Refused(Outcome.MALFORMED, {}, _BROKEN) from fault
