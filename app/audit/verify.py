"""Check an exported audit log offline.

    python -m app.audit.verify audit.ndjson --key audit.pem

Needs Python, cryptography and five files: this one, chain.py, heads.py and files.py of `app/audit`,
and csv_lines.py of `app/spreadsheets`.

Exit code 0: the log is whole; 1: something is wrong, one line each; 2: a file cannot be read.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.audit.chain import ChainCheck, Fault, Finding, walk
from app.audit.files import HEAD_SUFFIX, Unreadable, read_links
from app.audit.heads import BadHead, keys_by_id, read_head, read_public_key

WHOLE, WRONG, UNREADABLE = 0, 1, 2


def verify_export(file: Path, heads: Sequence[str], keys: Sequence[Ed25519PublicKey]) -> ChainCheck:
    """Check an export against signed heads, those of earlier exports too.

    Raises:
        Unreadable: the file is not an export.
        OSError: it cannot be read.
    """
    good: dict[int, bytes] = {}
    bad: list[Finding] = []
    for text in heads:
        try:
            head = read_head(text, keys_by_id(*keys))
        except BadHead:
            bad.append(Finding(Fault.BAD_HEAD, 0, 0))
        else:
            if good.setdefault(head.count, head.digest) != head.digest:
                bad.append(Finding(Fault.REWRITTEN, head.count, head.count))
    check = walk(read_links(file), good)
    check.findings[:0] = bad
    return check


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Check an exported audit log offline.")
    parser.add_argument("file", type=Path, help="the export, NDJSON or CSV")
    parser.add_argument(
        "--key", type=Path, action="append", required=True, help="public key (PEM); may be repeated"
    )
    parser.add_argument(
        "--head",
        type=Path,
        action="append",
        default=[],
        help="head of an earlier export that this one must continue; may be repeated",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; the exit code."""
    options = _arguments().parse_args(arguments)
    own_head = options.file.with_name(options.file.name + HEAD_SUFFIX)
    try:
        keys = [read_public_key(key.read_bytes()) for key in options.key]
        heads = [head.read_text("utf-8") for head in (own_head, *options.head)]
        check = verify_export(options.file, heads, keys)
    except (OSError, ValueError, Unreadable) as error:
        sys.stderr.write(f"{error}\n")
        return UNREADABLE
    for finding in check.findings:
        sys.stdout.write(f"{finding}\n")
    verdict = f"{len(check.findings)} problems" if check.findings else "no problems"
    sys.stdout.write(f"{check.count} events, digest {check.digest.hex()}: {verdict}\n")
    return WRONG if check.findings else WHOLE


if __name__ == "__main__":
    sys.exit(main())
