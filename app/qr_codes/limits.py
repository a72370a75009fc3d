"""How large a photograph may be; `reading` says what reading it may cost."""

MOST_BYTES = 10 * 1024 * 1024
