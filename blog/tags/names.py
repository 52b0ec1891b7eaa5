"""The tags of a report as its writer types them: 献血、若者."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from homepage.invisible import INVISIBLE

MOST_TAGS, MOST_CHARACTERS = 8, 40
# Longer than any line that is right, so that autosave keeps one that is not right yet.
LONGEST_LINE = 1000
BETWEEN = "、"
SEPARATORS = re.compile("[、，､,\n\r]")


def key_of(name):
    """Return what two names have in common that are one to a reader: ＰＴＡ, pta and PTA."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def names_in(line):
    """Return the names in a line in their order, each once; without # as other places want it."""
    parts = [INVISIBLE.sub("", part) for part in SEPARATORS.split(line)]
    names = [" ".join(part.split()).lstrip("#＃").strip() for part in parts]
    distinct = {}
    for name in filter(key_of, names):
        distinct.setdefault(key_of(name), name)
    return list(distinct.values())


def line_of(names):
    """Return the names as one line, each once."""
    return BETWEEN.join(names_in(BETWEEN.join(names)))


def check_line(line):
    """Raise ValidationError for too many names, and for one that is too long for a tag."""
    names = names_in(line)
    faults = [
        f"「{name[:20]}…」は長すぎます。タグは{MOST_CHARACTERS}字までです。"
        for name in names
        if max(len(name), len(key_of(name))) > MOST_CHARACTERS
    ]
    if len(names) > MOST_TAGS:
        faults.append(f"タグは{MOST_TAGS}個までです。いまは{len(names)}個あります。")
    if faults:
        raise ValidationError(faults)
