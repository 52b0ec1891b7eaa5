"""Whole sentences of a plain text."""

# Within brackets a full stop ends a sentence of somebody else's.
OPENING, CLOSING, ENDS = set("「『（("), set("」』）)"), set("。！？")


def first_sentences(text: str, most: int = 120) -> str:
    """Return the first sentences of a plain text, as many as fit; one that is longer alone is cut."""
    words = ""
    for sentence in _sentences(text):
        longer = f"{words}{_space_after(words)}{sentence}"
        if len(longer) > most:
            return words or f"{sentence[: most - 1].rstrip('、 ')}…"
        words = longer
    return words


def _sentences(text):
    """Yield the sentences: a line, such as a heading, is one of its own."""
    for line in text.splitlines():
        start = depth = 0
        for position, character in enumerate(line):
            depth = max(0, depth + (character in OPENING) - (character in CLOSING))
            if character in ENDS and not depth and line[position + 1 : position + 2] not in ENDS:
                yield line[start : position + 1].strip()
                start = position + 1
        if line[start:].strip():
            yield line[start:].strip()


def _space_after(words):
    return "" if not words or words[-1] in ENDS else " "
