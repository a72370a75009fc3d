"""Accent colours: whether they can be read, and the style sheet that brings them."""

import re
from collections.abc import Sequence

# The backgrounds that stand under coloured text: --paper and --tint of static/portal.css. A third,
# --wash, is --paper with a little of the accent.
LIGHT = ("#ffffff", "#f5f6f9")
DARK = ("#14171d", "#1c2028")
WASH = 0.07
# WCAG 2.2, 1.4.3: text of ordinary size.
LEAST_CONTRAST = 4.5
COLOUR = re.compile(r"#[0-9a-f]{6}")
_STEP = 0.02
_LOGO = (
    "html .logo{width:auto;height:1.5rem;max-width:16rem;object-fit:contain;vertical-align:middle}"
)
# Logos are drawn for paper, so on a dark page they bring some along.
_LOGO_IN_DARK = "html .logo{padding:.125rem .25rem;border-radius:.25rem;background:#fff}"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Return the relative luminance, as WCAG 2.2 defines it."""
    parts = [channel / 255 for channel in _channels(colour)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _mixed(colour: str, ground: str, share: float) -> str:
    """Return a ground with a share of a colour in it, as color-mix() in srgb does."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(c * share + g * (1 - share)):02x}" for c, g in pairs)


def least_contrast(colour: str, backgrounds: Sequence[str]) -> float:
    """Return the contrast where it is lowest.

    Args:
        backgrounds: LIGHT or DARK; the first is the one that the wash is mixed with.
    """
    wash = _mixed(colour, backgrounds[0], WASH)
    return min(contrast(colour, background) for background in (*backgrounds, wash))


def shown_ratio(ratio: float) -> str:
    """Return a ratio as people read it; cut, so that one that is refused never reads 4.5."""
    return f"{int(ratio * 10) / 10:.1f}"


def for_dark(colour: str) -> str:
    """Return the colour, made lighter until it can be read on dark pages."""
    mixed, share = colour, 0.0
    while least_contrast(mixed, DARK) < LEAST_CONTRAST:
        share += _STEP
        mixed = _mixed("#ffffff", colour, min(share, 1))
    return mixed


def style_sheet(accent: str, accent_dark: str, *, logo: bool) -> str:
    """Return the rules that put colour and logo on a page; empty where there is neither.

    `html:root` outweighs the `:root` of portal.css, which the log-in page loads last.
    """
    light = [f"html:root{{--accent:{accent}}}"] if accent else []
    dark = []
    if accent or accent_dark:
        dark.append(f"html:root{{--accent:{accent_dark or for_dark(accent)}}}")
    if logo:
        light.append(_LOGO)
        dark.append(_LOGO_IN_DARK)
    if not dark:
        return ""
    rules = f"@media screen and (prefers-color-scheme:dark){{{''.join(dark)}}}"
    return "".join(light) + rules
