"""The vendor's name and colour on the page ライセンス管理."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

_SHEET = (files("licensed_system") / "page.css").read_text(encoding="utf-8").strip()
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# The grounds of page.css that stand under coloured text.
LIGHT = ("#ffffff", "#f5f6f8", "#eef1ff")
DARK = ("#141519", "#1d1f25", "#232a45")
LEAST_CONTRAST = 4.5


@dataclass(frozen=True)
class Look:
    """What the vendor wants to be seen; empty for the page's own."""

    vendor: str = ""
    accent: str = ""
    accent_dark: str = ""

    @cached_property
    def style(self) -> str:
        """The style sheet of the page."""
        light = f":root{{--accent:{self.accent}}}" if self.accent else ""
        dark = f":root{{--accent:{self.accent_dark}}}" if self.accent_dark else ""
        # The sheet's own dark colour stands before these rules, and would lose to the light one.
        light = f"@media not all and (prefers-color-scheme:dark){{{light}}}" if light else ""
        dark = f"@media(prefers-color-scheme:dark){{{dark}}}" if dark else ""
        return _SHEET + "".join(f"\n{rule}" for rule in (light, dark) if rule)

    @cached_property
    def policy(self) -> str:
        """The content security policy of the page, which allows this sheet alone."""
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode("ascii")
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )


def read_colour(text: str, grounds: tuple[str, ...]) -> str:
    """The colour in ``text``. Raises ``ValueError`` where it is none, or cannot be read."""
    if not _COLOUR.fullmatch(text):
        raise ValueError("#rrggbb")
    ratio = min(_contrast(text, ground) for ground in grounds)
    if ratio < LEAST_CONTRAST:
        raise ValueError(f"{text}: {int(ratio * 10) / 10}:1 < {LEAST_CONTRAST}:1")
    return text.lower()


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
