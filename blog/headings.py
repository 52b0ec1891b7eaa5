"""Headings of the reports on one page: each distinct for whoever hears them read as a list."""

import re
from collections import Counter

from django.utils import timezone

HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)


def distinguish_headings(posts):
    """Add to each post what makes its heading, and those in its text, the only ones of their name.

    `heading_suffix` is the text to add to the name, or empty; `body_html` gets the same added.
    """
    seen = Counter()
    for post in posts:
        day = timezone.localtime(post.published_at)
        where = f"{day.month}月{day.day}日の報告"
        post.heading_suffix = _suffix(seen, post.name, where)
        post.body_html = HEADING.sub(
            lambda match, where=where: _heading(seen, match, where), post.body_html
        )


def _heading(seen, match, where):
    level, words = match.groups()
    suffix = _suffix(seen, words, where)
    hidden = suffix and f'<span class="visually-hidden">{suffix}</span>'
    return f"<h{level}>{words}{hidden}</h{level}>"


def _suffix(seen, words, where):
    """Return what tells these words from the same ones before: the report's date, then a number."""
    suffix, number = "", 1
    while seen[words + suffix]:
        suffix = f"({where})" if number == 1 else f"({where} {number})"
        number += 1
    seen[words + suffix] += 1
    return suffix
