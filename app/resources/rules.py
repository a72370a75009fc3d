"""Decisions about resources."""

from datetime import timedelta

# A part of a file that somebody began longer ago counts as a download of its own.
RESUMED_WITHIN = timedelta(days=1)
