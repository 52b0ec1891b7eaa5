"""Japanese words set in a picture: the font, what it has no sign for, and where a line may end."""

import functools
import re
import subprocess
import unicodedata
from pathlib import Path

from PIL import ImageFont

# What fontconfig is asked for: a Mincho as on the pages, else whatever writes Japanese.
PATTERNS = ["serif:lang=ja:weight=200", "sans-serif:lang=ja:weight=200"]
# Where machines without fontconfig keep one.
PLACES = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf",
    "/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/System/Library/Fonts/ヒラギノ明朝 ProN.ttc",
    "C:/Windows/Fonts/yumindb.ttf",
]
JAPANESE = "見あア"
# No font has a sign for a noncharacter, so it is drawn as any that is missing.
MISSING = "\U0010ffff"

# Not at the start of a line, and not at its end (JIS X 4051; CSS Text 3, `line-break: strict`).
NOT_FIRST = set(
    "、。，．・：；？！）」』】〕〉》］｝〙〗’”)]},.!?:;%％‐–〜～…‥ー々ゝゞヽヾ"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
)
NOT_LAST = set("（「『【〔〈《［｛〘〖‘“([{")
PHRASE_ENDS = set("、。！？ ")
# A word or a number in ASCII stays whole.
UNITS = re.compile(r"[!-~]+|.", re.DOTALL)


class Lettering:
    """A font that writes Japanese, in whatever size it is asked for."""

    def __init__(self, path, index=0):
        self.path, self.index = path, index
        self.in_size = functools.lru_cache(maxsize=16)(self._in_size)

    def _in_size(self, size):
        basic = ImageFont.Layout.BASIC
        return ImageFont.truetype(self.path, size, index=self.index, layout_engine=basic)

    def has(self, character):
        """Return whether the font has a sign of its own for it; a space needs none."""
        font = self.in_size(20)
        return character == " " or bytes(font.getmask(character)) != bytes(font.getmask(MISSING))

    def readable(self, text):
        """Return the text in one line, without what would become an empty box."""
        characters = unicodedata.normalize("NFC", " ".join(text.split()))
        # Marks and selectors of variants stand with the character before, or not at all.
        return "".join(
            each
            for each in characters
            if unicodedata.category(each) not in ("Mn", "Me", "Cf") and self.has(each)
        ).strip()

    def lines(self, text, size, width):
        """Return the text in lines of so many pixels, which end after a phrase where one fits on a line."""
        font, lines = self.in_size(size), [""]

        def add(text, split, *finer):
            for part in split(text):
                if lines[-1] and font.getlength((lines[-1] + part).rstrip()) > width:
                    lines.append("")
                if finer and font.getlength(part.rstrip()) > width:
                    add(part, *finer)
                else:
                    lines[-1] += part if lines[-1] else part.lstrip()

        add(text, _phrases, _pieces, list)
        return [line.rstrip() for line in lines]

    def shortened(self, lines, size, width, most):
        """Return no more lines than that; the last one ends in … where there were."""
        if len(lines) <= most:
            return lines
        [*lines, last] = lines[:most]
        while self.in_size(size).getlength(f"{last}…") > width:
            last = last[:-1]
        return [*lines, f"{last.rstrip('、。・ ')}…"]


def _phrases(text):
    """Return the text in the pieces that a comma, a full stop or a space ends."""
    phrases = [""]
    for piece in _pieces(text):
        phrases[-1] += piece
        if piece[-1] in PHRASE_ENDS:
            phrases.append("")
    return phrases


def _pieces(text):
    """Return the text in the pieces between which a line may end at all."""
    pieces = []
    for unit in UNITS.findall(text):
        if pieces and (unit[0] in NOT_FIRST or pieces[-1][-1] in NOT_LAST):
            pieces[-1] += unit
        else:
            pieces.append(unit)
    return pieces


@functools.cache
def japanese():
    """Return the lettering of this machine, or None where no font writes Japanese."""
    for path, index in [*_known_to_fontconfig(), *((path, 0) for path in PLACES)]:
        try:
            lettering = Lettering(path, index)
            if all(map(lettering.has, JAPANESE)):
                return lettering
        except OSError:
            # There is none, or no font that FreeType reads.
            continue
    return None


def _known_to_fontconfig():
    """Yield the file and number of what fontconfig finds best: some font, whether it fits or not."""
    for pattern in PATTERNS:
        command = ["fc-match", "--format=%{file}\n%{index}", pattern]
        try:
            found = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
            path, index = found.stdout.split("\n")
        except (OSError, ValueError, subprocess.SubprocessError):
            return
        # The upper half of the number names a style of a variable font.
        yield Path(path), int(index or 0) & 0xFFFF
