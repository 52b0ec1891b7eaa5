"""What is counted over all reports: it grows with them, so it is counted once for each edition."""

from homepage.edition import kept_for_edition

from .back_numbers import BackNumbers
from .models import Category, Post, Tag


@kept_for_edition
def back_numbers():
    """Return all back numbers that a visitor may read now."""
    return BackNumbers(Post.objects.published().months())


@kept_for_edition
def categories():
    """Return the fields of work with the counts of their reports."""
    return list(Category.objects.with_counts())


@kept_for_edition
def tags():
    """Return the tags that citizens may read reports by, with their counts, the most used first."""
    return list(Tag.objects.with_counts())
