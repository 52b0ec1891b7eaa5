"""Where a page stands: the way to it from the front page, for readers and for search engines."""

from django.urls import reverse


def from_front(*steps):
    """Return the name and address of each step, the page itself last."""
    return [("ホーム", reverse("front")), *steps]


def from_archive(*steps):
    """Return the steps to a page below the back numbers."""
    return from_front(("バックナンバー", reverse("blog:archive")), *steps)
