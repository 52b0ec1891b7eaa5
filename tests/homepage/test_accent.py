import pytest

from homepage.accent import (
    DARK_PAPER,
    LIGHT_PAPER,
    accent_style,
    contrast,
    dark_accent,
    light_accent,
)

# Every 51st step of each channel, from black through all hues to white.
COLOURS = [
    bytes([r, g, b]).hex()
    for r in range(0, 256, 51)
    for g in range(0, 256, 51)
    for b in range(0, 256, 51)
]


@pytest.mark.parametrize(
    ("accent", "paper", "soft_ink"),
    [(light_accent, LIGHT_PAPER, "625a4f"), (dark_accent, DARK_PAPER, "b5ac9e")],
    ids=["light", "dark"],
)
def test_text_in_any_colour_is_legible(accent, paper, soft_ink):
    for colour in COLOURS:
        ink, tint = accent(colour)

        assert contrast(ink, paper) >= 4.5, colour
        assert contrast(ink, tint) >= 4.5, colour
        assert contrast(soft_ink, tint) >= 4.5, colour


def test_contrast_is_that_of_the_guideline():
    assert contrast("000000", "ffffff") == 21
    assert round(contrast("777777", "ffffff"), 2) == 4.48


def test_a_colour_that_is_dark_enough_stays_as_it_was_chosen():
    assert light_accent("35634a").ink == "35634a"


def test_a_pale_colour_keeps_its_hue_when_it_is_darkened():
    red, green, blue = bytes.fromhex(light_accent("ffe000").ink)

    assert red > green > blue


def test_print_uses_the_colour_for_light_paper():
    sheet = accent_style("35634a")

    assert sheet.startswith(":root{--accent-ink:#35634a;")
    assert "@media screen and (prefers-color-scheme:dark)" in sheet
