"""Headings of one page: each distinct for whoever hears them read as a list."""

import re
from collections import Counter

from django.utils import timezone

HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)


class Headings:
    """The headings of a page so far, from its top to its end."""

    def __init__(self, *names):
        self.seen = Counter(names)

    def suffix(self, name, *labels):
        """Return what tells a name from the same one before: nothing, a label, or a number."""
        numbers = range(2, self.seen.total() + 3)
        for suffix in ["", *(f"({label})" for label in (*labels, *numbers))]:
            if not self.seen[name + suffix]:
                self.seen[name + suffix] += 1
                return suffix

    def distinguish(self, html, *labels):
        """Return a rendered body with the suffixes of its headings, for the ear alone."""

        def replace(match):
            level, words = match.groups()
            if suffix := self.suffix(words, *labels):
                suffix = f'<span class="visually-hidden">{suffix}</span>'
            return f"<h{level}>{words}{suffix}</h{level}>"

        return HEADING.sub(replace, html)


def distinguish_names(posts):
    """Set the `heading_suffix` of each post in a list of cards."""
    headings = Headings()
    for post in posts:
        post.heading_suffix = headings.suffix(post.short_name, day_of(post))
    return posts


def distinguish_posts(posts):
    """Set the `heading_suffix` of each post shown in full, and that of the headings in its text."""
    headings = Headings()
    for post in posts:
        post.heading_suffix = headings.suffix(post.name, day_of(post))
        post.body_html = headings.distinguish(post.body_html, day_of(post))
    return posts


def day_of(post):
    day = timezone.localtime(post.published_at)
    return f"{day.year}年{day.month}月{day.day}日"
