"""What a file may cost; the system ends the process that goes beyond time or memory."""

# The system looks at the time now and then only: the process ends a little later.
CPU_SECONDS = 8
MOST_MEMORY = 200 * 1000 * 1000
# A packed part may grow a thousandfold.
MOST_UNPACKED = 2 * 1000 * 1000 * 1000
MOST_PART = 400 * 1000 * 1000
MOST_ENTRIES = 10_000
MOST_SHEETS = 200
# As many as a sheet of Excel has.
MOST_ROWS = 1_048_576
MOST_COLUMNS = 256
MOST_TEXTS = 1_500_000
MOST_TEXT_BYTES = 64 * 1000 * 1000
MOST_STYLES = 65_536
MOST_MERGES = 20_000
MOST_DEPTH = 64
# Characters of a line, all its cells together, and of a CSV's cell as the library reads it.
LONGEST_LINE = 1024 * 1024
LONGEST_CELL = 131_072
