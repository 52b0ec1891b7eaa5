"""The picture that goes with a shared link: 1200 × 630 pixels, in the look of the pages.

On the left paper with the title, on the right the photo. Where the machine has no Japanese font the
photo fills the whole, and where there is no photo the paper does.
"""

import functools
import hashlib
import io
import threading
from typing import NamedTuple

from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageOps

from homepage.accent import LIGHT_PAPER, light_accent

from .lettering import japanese

# 1.91 to 1, as the large previews of LINE, Facebook and X are (https://ogp.me/ names none).
SIZE = WIDTH, HEIGHT = 1200, 630
PAPER_WIDTH, MARGIN = 660, 56
# As in static/css/tokens.css.
PAPER, INK, INK_SOFT = f"#{LIGHT_PAPER}", "#26221d", "#625a4f"
# The largest in which the title stands in three lines.
TITLE_SIZES, TITLE_LINES, LEADING = (64, 56, 48), 3, 1.4
MOST_BYTES = 150_000
QUALITIES = (85, 75, 60, 40)
# Raised when the same card would be drawn otherwise: its address changes with it.
LOOK = 1

# Each takes tens of milliseconds and a few MB. They do not keep photos that are sent waiting.
one_at_a_time = threading.Lock()


class Card(NamedTuple):
    """What a picture says and shows."""

    title: str
    day: str
    office: str
    name: str
    seal: str
    accent: str
    # The sha256 of a photo as it came, and the file of the portrait; or nothing.
    photo: str
    portrait: str

    @property
    def digest(self):
        """What changes whenever the picture does."""
        return hashlib.blake2b(repr((LOOK, *self)).encode(), digest_size=6).hexdigest()


class NotReadable(Exception):
    """Says that a stored picture is missing or broken."""


def jpeg(card: Card, photo_file: str = "") -> bytes:
    """Return the picture with the photo, else the portrait: whichever is there and can be read."""
    for file in filter(None, [photo_file, card.portrait]):
        try:
            return _jpeg(card, file)
        except NotReadable:
            continue
    return _jpeg(card, "")


# An address is asked for by one program after the other, as soon as somebody shares it. Outside the
# page cache, whose pages they would push out; 8 MB at most as they usually are.
@functools.lru_cache(maxsize=128)
def _jpeg(card, file):
    with one_at_a_time:
        return _drawn(card, file)


def _drawn(card, file):
    picture = Image.new("RGB", SIZE, PAPER)
    lettering = japanese()
    photo_left = PAPER_WIDTH if lettering else 0
    if file:
        photo = _read(file, (WIDTH - photo_left, HEIGHT), upper=file == card.portrait)
        picture.paste(photo, (photo_left, 0))
    draw = ImageDraw.Draw(picture)
    accent = f"#{light_accent(card.accent.removeprefix('#')).ink}"
    if lettering:
        _write(draw, card, lettering, accent, PAPER_WIDTH if file else WIDTH)
    elif not file:
        _rule(draw, accent, MARGIN, WIDTH - MARGIN)
    return _encoded(picture)


def _read(file, size, upper):
    """Return a stored picture cut to the size; of a portrait the upper part stays."""
    try:
        with default_storage.open(file) as stored, Image.open(stored) as picture:
            picture.draft("RGB", (2 * size[0], 2 * size[1]))
            return ImageOps.fit(
                picture.convert("RGB"), size, centering=(0.5, 0.2 if upper else 0.5)
            )
    except Exception as error:
        # Storages and decoders each say in their own way that they cannot.
        raise NotReadable(file) from error


def _write(draw, card, lettering, accent, right):
    _rule(draw, accent, MARGIN, right - MARGIN)
    top = MARGIN + 28
    if card.day:
        draw.text((MARGIN, top), card.day, accent, lettering.in_size(30))
        top += 54
    size, lines = _title(lettering, card.title, right - 2 * MARGIN)
    for line in lines:
        draw.text((MARGIN, top), line, INK, lettering.in_size(size))
        top += size * LEADING
    left = MARGIN + _seal(draw, card.seal, lettering, accent)
    width = right - MARGIN - left
    for text, size, base, colour in (
        (card.office, 26, HEIGHT - MARGIN - 54, INK_SOFT),
        (card.name, 40, HEIGHT - MARGIN - 6, INK),
    ):
        lines = lettering.lines(lettering.readable(text), size, width)
        [line] = lettering.shortened(lines, size, width, 1)
        draw.text((left, base), line, colour, lettering.in_size(size), anchor="ls")


def _rule(draw, colour, left, right):
    """Draw 子持ち罫, the printer's thick-and-thin rule."""
    draw.rectangle((left, MARGIN, right, MARGIN + 5), colour)
    draw.rectangle((left, MARGIN + 10, right, MARGIN + 11), colour)


def _title(lettering, title, width):
    """Return the size and the lines of the title."""
    title = lettering.readable(title)
    for size in TITLE_SIZES:
        lines = lettering.lines(title, size, width)
        if len(lines) <= TITLE_LINES:
            break
    return size, lettering.shortened(lines, size, width, TITLE_LINES)


def _seal(draw, name, lettering, accent):
    """Draw the family name as a seal, from top to bottom, and return the room it takes."""
    name = lettering.readable(name).replace(" ", "")
    if not name:
        return 0
    height = 100
    size = min(44, (height - 12) // len(name))
    width = size + 24
    bottom = HEIGHT - MARGIN
    box = (MARGIN, bottom - height, MARGIN + width, bottom)
    draw.rounded_rectangle(box, radius=6, fill=accent)
    step = (height - 12) / len(name)
    for number, character in enumerate(name):
        middle = (MARGIN + width / 2, bottom - height + 6 + (number + 0.5) * step)
        draw.text(middle, character, PAPER, lettering.in_size(size), anchor="mm")
    return width + 24


def _encoded(picture):
    """Return the JPEG in the best quality that is small enough."""
    for quality in QUALITIES:
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=quality, progressive=True, optimize=True)
        if encoded.tell() <= MOST_BYTES:
            break
    return encoded.getvalue()
