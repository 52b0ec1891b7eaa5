"""Photos in a rendered text: what `rendering` leaves as <img src="photo-12"> becomes the picture."""

import re
from html import unescape

from django.template.loader import render_to_string

from ..rendering import PHOTO_MARK
from .models import Rendition

FIGURES = re.compile(rf"<p>((?:{PHOTO_MARK.pattern}(?:<br>)?\s*)+)</p>")


def show(*texts):
    """Return the rendered HTML of a page's texts with their photos, which are read in one query.

    The page's first photo is loaded at once, the others when the reader comes near. A photo that is
    gone leaves nothing.
    """
    numbers = {int(match[1]) for text in texts for match in PHOTO_MARK.finditer(text)}
    photos = _read(numbers) if numbers else {}
    is_first = True

    def picture(match, template):
        nonlocal is_first
        photo = photos.get(int(match[1]))
        if photo is None:
            return ""
        alt = unescape(match[2]) or photo.alt
        context = {"photo": photo, "alt": alt, "is_lazy": not is_first}
        is_first = False
        return render_to_string(template, context).strip()

    def figures(match):
        return "".join(
            picture(mark, "blog/_photo_figure.html") for mark in PHOTO_MARK.finditer(match[1])
        )

    def of(text):
        text = FIGURES.sub(figures, text)
        return PHOTO_MARK.sub(lambda mark: picture(mark, "blog/_photo.html"), text)

    return [of(text) if "<img" in text else text for text in texts]


def show_first_photos(posts):
    """Return the posts of a list, each with its `card_photo` or None; all are read in one query."""
    posts = list(posts)
    numbers = {post.first_photo_id for post in posts} - {None}
    photos = _read(numbers) if numbers else {}
    for post in posts:
        post.card_photo = photos.get(post.first_photo_id)
    return posts


def _read(numbers):
    """Return {number: photo}, each with `sizes`, its renditions by format from small to large."""
    photos = {}
    renditions = Rendition.objects.filter(photo__in=numbers, photo__trashed_at=None)
    for rendition in renditions.select_related("photo"):
        photo = photos.setdefault(rendition.photo_id, rendition.photo)
        photo.sizes = getattr(photo, "sizes", {})
        photo.sizes.setdefault(rendition.format, []).append(rendition)
    return photos
