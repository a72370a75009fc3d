"""Decisions about resources."""

from datetime import timedelta

# A part of a file that the person began longer ago counts as a separate download.
RESUMED_WITHIN = timedelta(days=1)
# More than any installation medium; a file store takes it in parts.
MOST_BYTES = 20 * 1024**3
