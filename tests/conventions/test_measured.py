"""The tables of figures in docs/ are what the kept outputs of the benchmarks say."""

import pytest

from benchmarks.prove import DOCUMENTS, KEPT, PROOFS, kept_table
from benchmarks.tables import DOCS


@pytest.mark.parametrize("part", DOCUMENTS)
def test_a_table_says_what_was_measured(part: str) -> None:
    text = (DOCS / DOCUMENTS[part]).read_text("utf-8")
    told = text.partition(f"<!-- {part}: begin -->\n")[2].partition(f"\n<!-- {part}: end -->")[0]
    assert told.splitlines() == kept_table(part)


def test_every_proof_has_its_output_and_nothing_else_is_kept() -> None:
    kept = {path.name for path in KEPT.iterdir()}
    assert kept == {proof.file_name for proof in PROOFS}
