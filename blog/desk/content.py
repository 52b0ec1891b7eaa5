"""What the desk edits of a report, in the words of its form."""

import hashlib

from django.utils import timezone

from ..tags.names import line_of

FIELDS = ["title", "body", "category", "tag_names", "published_at"]


def at_desk(post):
    """Return the text at the desk of a post: its working copy, or else the post itself."""
    return getattr(post, "working_copy", post)


def content_of(text):
    """Return what the form shows of a post or of a working copy, as the browser has it."""
    return {
        "title": text.title,
        "body": plain_lines(text.body),
        "category": str(text.category_id or ""),
        # A working copy that was not read from the database has the line as it was typed.
        "tag_names": line_of([text.tag_names]),
        "published_at": local(text.published_at),
    }


def base_of(text):
    """Return a short name of a post's or a working copy's text: who knows it has seen that text."""
    if hasattr(text, "token"):
        return text.token
    content = "\0".join(content_of(text).values())
    return hashlib.blake2b(content.encode(), digest_size=12).hexdigest()


def plain_lines(text):
    """Return the text with line ends as a browser's field has them; a form sends others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def local(moment):
    """Return a moment, or a time of day in Tokyo, as a browser's field has it: 2024-08-04T10:00."""
    if moment is None:
        return ""
    if timezone.is_aware(moment):
        moment = timezone.make_naive(moment)
    # Seconds are shown only where there are some, so that saving changes no date.
    return moment.isoformat(timespec="seconds").removesuffix(":00")
