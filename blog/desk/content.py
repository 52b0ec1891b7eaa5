"""What the desk edits of a report, in the words of its form."""

import hashlib
import json

from django.utils import timezone

FIELDS = ["title", "body", "category", "published_at"]


def content_of(source):
    """Return what the form shows of a post or of a working copy, as the browser has it."""
    return {
        "title": source.title,
        # As a browser counts lines, whatever came with a form or from an importer.
        "body": "\n".join(source.body.replace("\r\n", "\n").split("\r")),
        "category": str(source.category_id or ""),
        "published_at": local(source.published_at),
    }


def at_desk(post):
    """Return what the desk shows of a post: its working copy where there is one."""
    return content_of(getattr(post, "working_copy", post))


def token_of(content):
    """Return a short name of a content: two desks with the same name have the same before them."""
    text = json.dumps([content[name] for name in FIELDS], ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def local(moment):
    """Return a moment as a browser's field has it, in Tokyo time: 2024-08-04T10:00."""
    if moment is None:
        return ""
    # Seconds are shown only where there are some, so that saving changes no date.
    shown = timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="seconds")
    return shown.removesuffix(":00")
