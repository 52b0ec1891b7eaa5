"""The owner's one colour, made legible: what the pages use of it in the light and the dark scheme.

A colour is six hexadecimal digits. Contrast is that of WCAG 2.2
(https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio); text needs 4.5.
"""

from typing import NamedTuple

BLACK, WHITE = "000000", "ffffff"
# The paper of both schemes, as in static/css/tokens.css.
LIGHT_PAPER, DARK_PAPER = "fbf9f4", "1b1916"
# 4.5 is the guideline's least. Thin strokes on dark paper want more.
LIGHT_CONTRAST, DARK_CONTRAST = 4.5, 8


class Accent(NamedTuple):
    """Ink for text and fills, and the tint of the areas that ink may stand on."""

    ink: str
    tint: str


def light_accent(colour: str) -> Accent:
    """Return the colour for light paper, darkened no more than contrast needs."""
    return _legible_accent(colour, LIGHT_PAPER, BLACK, LIGHT_CONTRAST)


def dark_accent(colour: str) -> Accent:
    """Return the colour for dark paper, lightened no more than contrast needs."""
    return _legible_accent(colour, DARK_PAPER, WHITE, DARK_CONTRAST)


def accent_style(colour: str) -> str:
    """Return the style sheet that sets the colour for both schemes."""
    light, dark = light_accent(colour), dark_accent(colour)
    return (
        f":root{{--accent-ink:#{light.ink};--accent-tint:#{light.tint}}}\n"
        "@media screen and (prefers-color-scheme:dark)"
        f"{{:root{{--accent-ink:#{dark.ink};--accent-tint:#{dark.tint}}}}}\n"
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def _legible_accent(colour, paper, towards, enough):
    for step in range(101):
        ink = _mix(colour, towards, step / 100)
        tint = _mix(paper, ink, 0.1)
        if min(contrast(ink, paper), contrast(ink, tint)) >= enough:
            break
    return Accent(ink, tint)


def _mix(one, other, share):
    channels = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return bytes(round(a + (b - a) * share) for a, b in channels).hex()


def _luminance(colour):
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (byte / 255 for byte in bytes.fromhex(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
