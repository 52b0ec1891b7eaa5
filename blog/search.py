"""Search: what is asked for, the reports that have it, and the sentence where it stands."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField, Case, F, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.http import QueryDict

from homepage.edition import kept_for_edition
from homepage.invisible import INVISIBLE

from .folding import fold, pieces, spaced, without_readings
from .models import Post, shorten

MOST_CHARACTERS, MOST_WORDS = 100, 5
# "…" is a phrase, and so is 「…」; whoever forgets to close one means all that follows.
WORD = re.compile(r'["“”„＂]([^"“”„＂]*)["“”„＂]?|「([^」]*)」?|([^\s"“”„＂「]+)')

SENTENCE = re.compile(r"[^。！？]*[。！？]+[」』）]*|[^。！？]+$")
SHORT_PASSAGE, LONG_PASSAGE = 60, 120

# What a nearest word is looked for in: the titles and openings of so many of the newest reports.
VOCABULARY_POSTS = 3000
ALIKE, MOST_ALIKE = 0.5, 5
VOCABULARY = re.compile("[々\u3400-\u9fff]{2,8}|[ァ-ヺー]{2,}|[A-Za-z][A-Za-z0-9]+")


class Word(NamedTuple):
    written: str
    folded: str


def words_of(text: str) -> list[Word]:
    """Return the words that a text of any kind asks for, each spelling once."""
    words = {}
    for match in WORD.finditer(text):
        written = " ".join("".join(match.groups("")).split())
        words.setdefault(fold(written), written)
    return [Word(written, folded) for folded, written in words.items() if folded]


def matching(words):
    """Return the posts that a visitor may read now and that have all the words."""
    posts = Post.objects.published()
    return posts.filter(_have(words)) if words else posts


def _have(words):
    """Return the condition that a post has the words, by the index that its database keeps."""
    phrases = [spaced(word.folded) for word in words]
    if connection.vendor == "sqlite":
        numbers = "SELECT rowid FROM blog_searchindex(%s)"
        quoted = ['"{}"'.format(phrase.replace('"', '""')) for phrase in phrases]
        parameters = [" ".join(quoted)]
    else:
        numbers = "SELECT blog_having(%s, %s)"
        grams = [gram for word in words for gram in _grams(word.folded)]
        parameters = [grams, [phrase for phrase in phrases if len(phrase) > len("二 字")]]
    # As a truth, not as a join: so the index is asked once, whatever is known of the tables.
    return RawSQL(f"(blog_post.id IN ({numbers})) IS TRUE", parameters, BooleanField())


def _grams(folded):
    return [one + other for one, other in pairwise(folded)] or [folded]


def best_first(posts, words):
    """Return the posts with those first that have the words in their titles, then early in their texts."""
    in_title = sum(
        (Case(When(search_text__title__contains=word.folded, then=1), default=0) for word in words),
        start=Value(0),
    )
    text = F("search_text__characters")
    position = sum((StrIndex(text, Value(spaced(word.folded))) for word in words), start=Value(0))
    posts = posts.annotate(in_title=in_title, position=position)
    return posts.order_by("-in_title", "position", "-published_at", "-pk")


class Search:
    """What somebody asks for, and the numbers of the reports that have it.

    Whatever of the parameters cannot be searched for is left out, and `notes` say so.
    """

    def __init__(self, parameters, years, categories):
        self.notes = []
        self.text, self.words = self._read(parameters.get("q", ""))
        self.year = self._choose(
            parameters.get("year"),
            {str(year.number): year for year in years},
            "その年の報告はないので、すべての年から探しました。",
        )
        self.category = self._choose(
            parameters.get("category"),
            {category.slug: category for category in categories},
            "その分野はないので、すべての分野から探しました。",
        )
        self.is_best_first = bool(self.words) and parameters.get("order") == "best"
        self.is_asked = bool(self.words or self.year or self.category)
        self.numbers = []
        if self.is_asked:
            self._find()
        elif parameters.get("q"):
            self.notes.append("探せる文字がありません。ことばを入力してください。")

    def count_of_year(self, year):
        """Return how many reports of a year it would find; of all where nothing is asked yet."""
        return self.by_year[year.number] if self.is_asked else year.count

    def count_of_category(self, category):
        return self.by_category[category.pk] if self.is_asked else category.count

    def parameters(self):
        """Return the parameters of an address that asks for the same."""
        parameters = QueryDict(mutable=True)
        parameters["q"] = self.text
        if self.year:
            parameters["year"] = self.year.number
        if self.category:
            parameters["category"] = self.category.slug
        if self.is_best_first:
            parameters["order"] = "best"
        return parameters

    def _read(self, text):
        text = INVISIBLE.sub("", text).strip()
        if len(text) > MOST_CHARACTERS:
            text = text[:MOST_CHARACTERS]
            self.notes.append(f"長いので、はじめの{MOST_CHARACTERS}文字で探しました。")
        words = words_of(text)
        if len(words) > MOST_WORDS:
            self.notes.append(f"ことばが多いので、はじめの{MOST_WORDS}つで探しました。")
        return text, words[:MOST_WORDS]

    def _choose(self, key, choices, note):
        if key and key not in choices:
            self.notes.append(note)
        return choices.get(key)

    def _find(self):
        posts = matching(self.words)
        if self.is_best_first:
            posts = best_first(posts, self.words)
        year = self.year and self.year.number
        category = self.category and self.category.pk
        # One query answers for the list and for what may be chosen beside it.
        rows = [
            (pk, month // 100, of)
            for pk, month, of in posts.values_list("pk", "published_month", "category")
        ]
        self.by_year = Counter(in_year for _, in_year, of in rows if category in (None, of))
        self.by_category = Counter(of for _, in_year, of in rows if year in (None, in_year))
        self.numbers = [
            pk for pk, in_year, of in rows if year in (None, in_year) and category in (None, of)
        ]


def show(numbers, words):
    """Return the posts of these numbers, each with a passage, and the words marked where they stand."""
    posts = Post.objects.published().select_related("category", "search_text")
    found = posts.defer("body", "body_html").in_bulk(numbers)
    # One may have been withdrawn in between.
    posts = [found[number] for number in numbers if number in found]
    for post in posts:
        post.name_parts = marked(post.short_name, words)
        post.passage_parts = marked(passage(post, words), words)
        if _count(fold(post.tag_names), words):
            post.tag_parts = marked(post.tag_names, words)
    return posts


def passage(post, words):
    """Return the sentence of a post that has the most of the words, and the next to a short one."""
    if not words:
        return post.excerpt
    # Line by line the text as search reads it, after its title, is the text as people do.
    lines = zip(
        without_readings(post.body_text).split("\n"),
        post.search_text.lines[1:],
        strict=False,
    )
    line, folded = max(lines, key=lambda pair: _count(pair[1], words), default=("", ""))
    if not _count(folded, words):
        return post.excerpt
    sentences, best, most = SENTENCE.findall(line), 0, 0
    for number, sentence in enumerate(sentences):
        if (count := _count(fold(sentence), words)) > most:
            best, most = number, count
        if most == len(words):
            break
    text = sentences[best]
    if len(text) < SHORT_PASSAGE:
        text = "".join(sentences[best : best + 2])
    if len(text) > LONG_PASSAGE:
        text = _around(text, words)
    return f"…{text}" if best else text


def marked(text, words):
    """Return the text as parts (words, whether they were searched for)."""
    found = pieces(text)
    starts = [piece.start for piece in found for _ in piece.folded]
    ends = [piece.end for piece in found for _ in piece.folded]
    folded = "".join(piece.folded for piece in found)
    is_marked = [False] * len(text)
    for word in words:
        for match in re.finditer(re.escape(word.folded), folded):
            start, end = starts[match.start()], ends[match.end() - 1]
            is_marked[start:end] = [True] * (end - start)
    parts = []
    for character, mark in zip(text, is_marked, strict=True):
        if parts and parts[-1][1] == mark:
            parts[-1] = (parts[-1][0] + character, mark)
        else:
            parts.append((character, mark))
    return parts


def _around(text, words):
    """Return a long text from a little before the first of the words on."""
    before = 0
    for part, is_marked in marked(text, words):
        if is_marked:
            break
        before += len(part)
    start = max(0, min(before - LONG_PASSAGE // 3, len(text) - LONG_PASSAGE))
    return ("…" if start else "") + shorten(text[start:], LONG_PASSAGE)


def _count(folded, words):
    return sum(word.folded in folded for word in words)


class VocabularyWord(NamedTuple):
    written: str
    folded: str
    count: int


@kept_for_edition
def vocabulary():
    """Return the words that stand in the titles and openings of the newest reports."""
    texts = Post.objects.published().values_list("title", "excerpt")[:VOCABULARY_POSTS]
    counts = Counter(word for pair in texts for text in pair for word in VOCABULARY.findall(text))
    return [VocabularyWord(word, fold(word), count) for word, count in counts.items()]


def alike(words, vocabulary):
    """Return what of the vocabulary is spelt much like one of the words, nearest first."""
    found = dict.fromkeys(other for word in words for other in _alike(word, vocabulary))
    return list(found)[:MOST_ALIKE]


def _alike(word, vocabulary):
    characters, matcher = set(word.folded), SequenceMatcher(b=word.folded, autojunk=False)
    found = []
    for other in vocabulary:
        if characters.isdisjoint(other.folded) or other.folded == word.folded:
            continue
        matcher.set_seq1(other.folded)
        if matcher.quick_ratio() >= ALIKE and (ratio := matcher.ratio()) >= ALIKE:
            found.append((ratio, other.count, other.written))
    return [written for _, _, written in sorted(found, reverse=True)[:3]]
