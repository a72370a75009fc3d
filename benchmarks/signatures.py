"""What the second signature costs: bytes of each file, and the time to sign and to verify it.

    python -m benchmarks.signatures
    python -m benchmarks.signatures --write      # and put the table into docs/performance.md

Times are processor time of the whole step: the portal signs and verifies what it signed, the
licensed system verifies keyset and file against its pinned roots.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.activation.format.jws import PrivateKey
from app.activation.format.keyset_keys import KeysetKey
from app.activation.format.keysets import (
    Keyset,
    read_signed_keyset,
    sign_keyset,
    unsigned_keyset,
)
from app.activation.format.roots import create_key, create_ml_dsa_key, public_pem
from app.activation.format.signed_files import LocalSigner
from app.activation.signing import Issuer, Office, build_activation
from benchmarks.tables import write_table
from licensed_system import trust
from licensed_system.activation import verify_signature
from tests.activation.makers import NOW, issue, licensee, product, request

PRODUCTS = tuple(product(f"P{each}") for each in range(4))
ROOT, SECOND_ROOT = create_key(), create_ml_dsa_key()
BOTH = (ROOT.public_key(), SECOND_ROOT.public_key())


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--write", action="store_true", help="put the table into the document")
    options = parser.parse_args()
    lines = [
        "| activation file of four products | file | keyset in it | sign | verify |",
        "|---|---:|---:|---:|---:|",
        *(
            _row(name, keys, hybrid, options.times)
            for name, keys, hybrid in (
                ("Ed25519", 1, False),
                ("Ed25519, two keys during a rotation", 2, False),
                ("Ed25519 and ML-DSA-65", 1, True),
                ("Ed25519 and ML-DSA-65, two pairs during a rotation", 2, True),
            )
        ),
    ]
    print("\n".join(lines))
    if options.write:
        write_table("signatures", lines)


def _row(name: str, keys: int, hybrid: bool, times: int) -> str:
    office = _office(keys, hybrid)
    roots = trust.read_roots(b"".join(public_pem(each) for each in (BOTH if hybrid else BOTH[:1])))

    def sign() -> str:
        given = issue(products=PRODUCTS)
        return build_activation(request_file, given, licensee(), office, jti="x", issued_at=NOW)

    request_file = request()
    file = sign().encode()
    signing = _milliseconds(sign, times)
    verifying = _milliseconds(lambda: verify_signature(file, roots), times)
    enclosed = len(office.issuer.keyset.file)
    return f"| {name} | {len(file):,} bytes | {enclosed:,} bytes | {signing} ms | {verifying} ms |"


def _office(keys: int, hybrid: bool) -> Office:
    begins = NOW - timedelta(days=1)
    firsts = [create_key() for _ in range(keys)]
    seconds = [create_ml_dsa_key() for _ in range(keys)] if hybrid else []
    made: list[PrivateKey] = [*firsts, *seconds]
    ends = begins + timedelta(days=400)
    listed = [KeysetKey(each.public_key(), begins, ends) for each in made]
    document = unsigned_keyset(1, NOW, listed)
    signed = sign_keyset(document, ROOT, SECOND_ROOT if hybrid else None)
    keyset = read_signed_keyset(signed.encode(), BOTH)
    assert isinstance(keyset, Keyset), keyset
    office = Office(Issuer("https://portal.example.com", 14, keyset), LocalSigner(firsts[0]))
    return replace(office, second=LocalSigner(seconds[0])) if hybrid else office


def _milliseconds(step: Callable[[], object], times: int) -> str:
    taken = []
    for _ in range(times):
        begun = time.process_time()
        step()
        taken.append(time.process_time() - begun)
    return f"{statistics.median(taken) * 1000:.2f}"


if __name__ == "__main__":
    main()
