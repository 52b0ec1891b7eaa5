"""What changed between two texts, marked as a reader of Japanese would mark it by hand.

Plain Python. Japanese has no spaces between words, so a word is here what stands in one script:
百二名, が, 参加, バス, 2024.
"""

import re
from bisect import bisect
from collections import Counter
from difflib import SequenceMatcher
from itertools import cycle, groupby, islice, pairwise, product
from typing import NamedTuple

# 一ヶ月 and 〇〇 are one word. The last two ranges choose the shape of the kanji before them: 葛󠄀.
KANJI = "一-鿿㐀-䶿豈-\ufaff\U00020000-\U0003ffff々〆〇ヶヵ\ufe00-\ufe0f\U000e0100-\U000e01ef"
# With the voice marks that some computers store apart from their kana.
KATAKANA = "ァ-ヴヷ-ヺー-ヿㇰ-ㇿｦ-ﾟ\u3099\u309a"
HIRAGANA = "ぁ-ゖゝゞー\u3099\u309a"
WORD = re.compile(
    rf"[{KANJI}]+|[{KATAKANA}]+|[{HIRAGANA}]+"
    # Letters and figures, half-width or full-width; 1,200 and 10:30 are one word.
    rf"|[^\W{KANJI}{KATAKANA}{HIRAGANA}]+(?:[.,:．，：]\d+)*"
    r"|\s+|[^\w\s][\ufe00-\ufe0f]*"
)
# Two paragraphs of different reports share less than 0.2 of their pairs of characters, 99 times in
# 100.
ALIKE = 0.3
# A particle, a bracket: too short to be left standing between two changes.
SCRAP = 2
# What ends a sentence, or a part of it.
ENDS = set("。、，．！？!?」』）)")
# How often words, lines or characters may be held against one another before a rougher way is
# taken. A report stays far below; 300,000 characters take a second, where difflib could take hours.
EFFORT = 20_000_000
# So many words or lines in a row are looked for in a long text: a row of 16 hardly comes twice.
SPANS = (16, 4, 1)


class Piece(NamedTuple):
    kind: str  # "same", "removed" or "added"
    text: str


def compare(before: str, after: str) -> list[list[Piece]]:
    """Return the lines of both texts in order, each as a list of pieces.

    The same and the removed pieces are exactly the lines before, the same and the added ones those
    after. Lines that have little in common stand one after the other.
    """
    rows = _rows(_lines(before), _lines(after))
    # All that changed shares the limit, be it one line or every line.
    effort = EFFORT // max(1, sum(old != new for old, new in rows))
    return [_pieces(old, new, effort) for old, new in rows]


def only_changes(lines: list[list[Piece]], around=1) -> list[list[Piece] | None]:
    """Return the lines that changed and so many others around them, with None for those left out.

    Empty lines are left out without a trace: where nothing else changed, nothing is returned.
    """
    lines = [line for line in lines if line[0].text]
    changed = [any(piece.kind != "same" for piece in line) for line in lines]
    if not any(changed):
        return []
    shown = []
    for number, line in enumerate(lines):
        if any(changed[max(0, number - around) : number + around + 1]):
            shown.append(line)
        elif shown[-1:] != [None]:
            shown.append(None)
    return shown


def _lines(text):
    # splitlines() would also divide where no browser ends a line, and swallow the character.
    return text.replace("\r\n", "\n").split("\n")


def _rows(before, after):
    """Return each line with what became of it, and None where one of the texts has no such line."""
    stretches = _align(before, after, EFFORT)
    rows = []
    for removed, added, same in stretches:
        rows += _paired(removed, added, EFFORT // len(stretches))
        rows += zip(same, same, strict=True)
    return rows


def _paired(removed, added, effort):
    """Return the rows of a changed stretch, those most alike in one row."""
    ends = len(removed), len(added)
    places = product(range(ends[0]), range(ends[1]))
    # Holding two empty lines against each other takes as long as a hundred characters do.
    if ends[0] * sum(len(line) + 100 for line in added) > effort:
        # Most likely one word was replaced throughout: lines keep their place from either end.
        numbers = range(1, min(ends) + 1)
        places = [(number - 1, number - 1) for number in numbers]
        places += [(ends[0] - number, ends[1] - number) for number in numbers]
    old_pairs, new_pairs = [[_pairs(line) for line in lines] for lines in (removed, added)]
    likeness = {(i, j): _likeness(old_pairs[i], new_pairs[j]) for i, j in places}
    alike = [place for place in likeness if likeness[place] >= ALIKE]
    rows, i, j = [], 0, 0
    for next_i, next_j in _in_order(sorted(alike, key=likeness.get, reverse=True), ends):
        rows += [(line, None) for line in removed[i:next_i]]
        rows += [(None, line) for line in added[j:next_j]]
        i, j = next_i + 1, next_j + 1
        rows += zip(removed[next_i:i], added[next_j:j], strict=True)
    return rows


def _pairs(line):
    return {one + other for one, other in pairwise(line)} or {line}


def _likeness(one, other):
    """Return the share of common pairs of characters: 1 for the same line, 0 for quite another."""
    if one == other == {""}:
        # Empty lines stand together where nothing better is in the way.
        return ALIKE
    return 2 * len(one & other) / (len(one) + len(other))


def _pieces(old, new, effort):
    if old == new:
        return [Piece("same", old)]
    if old is None or new is None:
        return [Piece("added", new) if old is None else Piece("removed", old)]
    stretches = _align(WORD.findall(old), WORD.findall(new), effort)
    _move_to_sentences(stretches)
    return [
        Piece(kind, "".join(words))
        for phrase in _phrases(stretches)
        for kind, words in zip(("removed", "added", "same"), phrase, strict=True)
        if words
    ]


def _move_to_sentences(stretches):
    """Move what was only added or only removed to where it ends a sentence, if it may stand there.

    A sentence added after 橋を直した。 is 道を直した。, and not を直した。道 before the same を直した。
    """
    for (_, _, left), (removed, added, right) in pairwise(stretches):
        words = removed or added
        if not words or (removed and added):
            continue
        # Words may move on for as long as they begin like what follows, and back likewise.
        on = _common(right, list(islice(cycle(words), len(right))))
        back = _common(left[::-1], list(islice(cycle(words[::-1]), len(left))))
        steps = [step for step in range(-back, on + 1) if words[(step - 1) % len(words)] in ENDS]
        step = min(steps, key=abs, default=0)
        start, around = len(left) + step, left + words + right
        end = start + len(words)
        left[:], words[:], right[:] = around[:start], around[start:end], around[end:]


def _phrases(stretches):
    """Return the stretches of words, joined where only a scrap is the same between two of them."""
    phrases = stretches[:1]
    for left, right in pairwise(stretches):
        if _is_scrap(left, right):
            removed, added, scrap = phrases[-1]
            removed += scrap + right[0]
            added += scrap + right[1]
            phrases[-1] = removed, added, right[2]
        else:
            phrases.append(right)
    return phrases


def _is_scrap(left, right):
    """Return whether what is the same between two changes reads better as a part of them."""
    (removed, added, same), (next_removed, next_added, _) = left, right
    is_between = (removed or added) and (next_removed or next_added)
    # Two brackets that were added replace nothing.
    is_replaced = (removed or next_removed) and (added or next_added)
    return not same or bool(is_between and is_replaced and len("".join(same)) <= SCRAP)


def _align(before, after, effort):
    """Return stretches of lines or words: what was removed, what was added, what then stays."""
    stretches, i, j = [], 0, 0
    for next_i, next_j, size in _matches(before, after, effort, SPANS):
        if (next_i, next_j) != (i, j) or not stretches:
            stretches.append((before[i:next_i], after[j:next_j], []))
        i, j = next_i + size, next_j + size
        stretches[-1][2].extend(before[next_i:i])
    return stretches


def _matches(before, after, effort, spans):
    """Return the place before, the place after and the length of all that is the same, as difflib.

    The last one is empty, and at the end.
    """
    if _most_steps(before, after) <= effort:
        # Empty lines and spaces join what is the same, but begin nothing of their own.
        return SequenceMatcher(_is_empty, before, after, autojunk=False).get_matching_blocks()
    rough = _rough_matches(before, after, effort, spans) if spans else []
    return [*(match for match in rough if match[2]), (len(before), len(after), 0)]


def _most_steps(before, after):
    """Return how many steps difflib takes at worst, for a text of a few words repeated."""
    old, new = Counter(before), Counter(after)
    return (len(before) + sum(old[each] * new[each] for each in old)) * (old & new).total()


def _is_empty(each):
    return not each.strip()


def _rough_matches(before, after, effort, spans):
    """Yield the matches around what both have once, and those between them by shorter spans."""
    runs = _unique_runs(before, after, spans[0])
    # The longest first, then those that moved least: a line may be the same by chance.
    starts = sorted(runs, key=lambda start: (-runs[start], abs(start[0] - start[1])))
    starts = _in_order(starts, (len(before), len(after)))
    i = j = 0
    for next_i, next_j in starts:
        head = _common(before[i:next_i], after[j:next_j])
        yield i, j, head
        i, j = i + head, j + head
        tail = _common(before[i:next_i][::-1], after[j:next_j][::-1])
        between = before[i : next_i - tail], after[j : next_j - tail]
        for old, new, size in _matches(*between, effort // len(starts), spans[1:]):
            yield i + old, j + new, size
        size = runs.get((next_i, next_j), 0)
        yield next_i - tail, next_j - tail, tail + size
        i, j = next_i + size, next_j + size


def _unique_runs(before, after, span):
    """Return the lengths of runs that stand once on either side, by their two places."""
    old, new = _unique_places(before, span), _unique_places(after, span)
    places = [(i, new[each]) for each, i in old.items() if each in new]

    def distances(numbered):
        number, (i, j) = numbered
        return i - number, j - number

    # In a run, both places go on with the number.
    runs = [[place for _, place in run] for _, run in groupby(enumerate(places), distances)]
    return {run[0]: len(run) for run in runs}


def _unique_places(elements, span):
    places = {}
    # Joined by what no word and no line holds; tuples would keep the garbage collector busy.
    spans = zip(*(elements[start:] for start in range(span)), strict=False)
    for place, each in enumerate(map("\n".join, spans)):
        places[each] = None if each in places else place
    return {each: place for each, place in places.items() if place is not None}


def _common(one, other):
    """Return how many elements the two have in common at their beginning."""
    shorter = min(len(one), len(other))
    return next((number for number in range(shorter) if one[number] != other[number]), shorter)


def _in_order(places, end):
    """Return the places that cross none of those named earlier, by their place, and the end."""
    kept = [(-1, -1), end]
    for i, j in places:
        number = bisect(kept, (i, j))
        before, after = kept[number - 1 : number + 1]
        if before[0] < i < after[0] and before[1] < j < after[1]:
            kept.insert(number, (i, j))
    return kept[1:]
