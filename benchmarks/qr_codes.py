"""How many bad photographs of QR codes are read, by the number of parts of the file: 125 of each.

    python -m benchmarks.qr_codes
    python -m benchmarks.qr_codes --photographs 40
    python -m benchmarks.qr_codes --kind activation

Each photograph has flaws by chance, see benchmarks/photographs.py, from a seed of its own. The
same photographs are made on every machine. They are read as the portal reads them, in this process.
"""

import argparse
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.qr_codes.reading import NotRead, read_codes
from benchmarks.figures import Figure, show
from benchmarks.photographs import photograph
from benchmarks.tables import write_table

GOAL = 0.99
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# Characters of data in a part: licensed_system/parts.py, app/activation/format/parts.py.
OF_REQUEST, OF_ACTIVATION = 700, 940


@dataclass(frozen=True)
class Kind:
    """A file of so many parts."""

    name: str
    maker: str
    parts: int
    characters: int

    def texts(self, seed: int) -> list[str]:
        """Return the text of each part, all of them full."""
        source = random.Random(seed)
        data = ("".join(source.choices(LETTERS, k=self.characters)) for _ in range(self.parts))
        return [
            f"LP1-{self.maker}-ABCDEF-{number}-{self.parts}-{text}-ABCDEFG"
            for number, text in enumerate(data, start=1)
        ]


KINDS = [
    *(Kind(f"request, {n} part{'s' if n > 1 else ''}", "R", n, OF_REQUEST) for n in range(1, 5)),
    Kind("activation, 3 parts", "A", 3, OF_ACTIVATION),
]


@dataclass(frozen=True)
class Row:
    """What became of the photographs of one kind of file."""

    kind: Kind
    read: Sequence[bool]

    @property
    def share(self) -> float:
        """The share of the photographs that were read."""
        return sum(self.read) / len(self.read)

    @property
    def whole(self) -> float:
        """The share of the files of which all parts were read from the first photographs."""
        size = self.kind.parts
        files = [self.read[at : at + size] for at in range(0, len(self.read) - size + 1, size)]
        return sum(map(all, files)) / len(files)

    @property
    def line(self) -> str:
        """The line of the table."""
        return f"| {self.kind.name} | {len(self.read)} | {self.share:.1%} | {self.whole:.1%} |"


def measure(kind: Kind, photographs: int, first_seed: int) -> Row:
    """Make the photographs of files of one kind, and read them."""
    read = []
    for seed, text in zip(
        range(first_seed, first_seed + photographs), _endless(kind), strict=False
    ):
        picture = photograph(text, None, "m", seed)
        try:
            read.append(text in read_codes(io.BytesIO(picture)))
        except NotRead:
            read.append(False)
    return Row(kind, read)


def _endless(kind: Kind) -> Iterator[str]:
    seed = 0
    while True:
        yield from kind.texts(seed)
        seed += 1


def main() -> None:
    """Print the figures, and write the table of docs/performance.md after a whole run."""
    options = argparse.ArgumentParser()
    options.add_argument("--photographs", type=int, default=500)
    options.add_argument("--kind", default="", help="only the rows whose name begins so")
    given = options.parse_args()
    wanted: int = given.photographs
    # At least one whole file of each kind; the goal is about 500 photographs of requests.
    count, rows = max(wanted // 4, 4), []
    for at, kind in enumerate(KINDS):
        if not kind.name.startswith(given.kind):
            continue
        rows.append(row := measure(kind, count, at * 10_000))
        told = f"{row.share:.1%}; whole files {row.whole:.1%}"
        sample = f"{count} photographs"
        show(Figure(f"Read: {kind.name}", "≥ 99 %", told, sample, row.share >= GOAL))
    if wanted >= 500 and len(rows) == len(KINDS):
        head = [
            "| file | photographs | read | whole files |",
            "|---|--:|--:|--:|",
        ]
        write_table("qr-codes", ["", *head, *(row.line for row in rows), ""])


if __name__ == "__main__":
    main()
