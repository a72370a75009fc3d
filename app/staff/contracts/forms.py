"""Bounds that several forms of the console have, and what was typed into one."""

from collections.abc import Collection

from app.web.requests import FormData

LONGEST_NAME = 100
LONGEST_NUMBER = 40
LONGEST_REASON = 500


def typed(data: FormData, names: Collection[str]) -> dict[str, str]:
    """Return what was typed, to be shown again."""
    return {name: data.get(name) for name in names}
