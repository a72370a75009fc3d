"""The same with two signatures: a system that pins both roots may apply none of the files.

    python -m benchmarks.mutated_hybrid_files --count 100000 --seed 1

Two attackers are among the layers: each holds all private keys of one of the two algorithms.
"""

import sys

from benchmarks.mutated_activations import measure
from tests.licensed_system.hybrid_issuer import HybridIssuer
from tests.licensed_system.hybrid_mutations import mutations


def main() -> int:
    """Run and print a table; the exit code."""
    return measure(__doc__, HybridIssuer(), mutations, "a hybrid licensed system")


if __name__ == "__main__":
    sys.exit(main())
