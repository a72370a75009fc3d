"""What a photograph may cost; the system ends the process that goes beyond time or memory."""

MOST_BYTES = 10 * 1024 * 1024
# Phones take up to 50 million pixels. JPEG is opened smaller than that; the others are not.
MOST_PIXELS = 52_000_000
LONGEST_SIDE = 4000
MOST_MEMORY = 640 * 1000 * 1000
CPU_SECONDS = 12
# No further way of looking begins after this.
LOOKING_SECONDS = 6.0
# A code holds up to 4,296 characters; nobody shows more codes in one picture than fit a sheet.
MOST_CODES = 64
