"""The photos that were taken in: adding one, exchanging its picture, and where each is shown."""

import hashlib
from collections import defaultdict
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from blog.models import Post, WorkingCopy
from homepage.edition import change
from homepage.models import Page, Profile

from .intake import take_in
from .models import NAMED, Photo, remove_files, write_renditions

# Every text that can show photos.
TEXTS = [
    (Post.objects, "body"),
    (WorkingCopy.objects.select_related("post"), "body"),
    (Page.objects, "body"),
    (Profile.objects, "biography"),
]
ALREADY = "この写真は「{}」としてすでに登録されています。"
IS_BACK = "この写真は「{}」としてごみ箱にありました。もとに戻しました。"
LIES_IN_TRASH = "この写真は「{}」としてごみ箱にあります。"
USED_AGAIN = "前に登録した同じ写真を使いました"
RESTORED = "ごみ箱にあった同じ写真を、もとに戻しました"


class Added(NamedTuple):
    photo: Photo
    done: list[str]
    is_new: bool


def add(file, user=None, restore=Photo.restore, **fields) -> Added:
    """Return the photo of an uploaded picture, and in words what was done to it.

    The same file twice is one photo, for which `restore` is called if it is in the trash. Raises
    ValidationError where it cannot be taken in, and NotStored where it cannot be stored; then nothing
    is left of it.
    """
    digest = sha256(file)
    if known := Photo.objects.filter(sha256=digest).first():
        if known.trashed_at:
            restore(known)
            return Added(known, [RESTORED], is_new=False)
        return Added(known, [USED_AGAIN], is_new=False)
    taken_in = take_in(file)
    try:
        with transaction.atomic():
            photo = Photo.objects.create(sha256=digest, uploaded_by=user, **fields)
            write_renditions(photo, taken_in.sizes)
    except IntegrityError:
        # Sent twice at once, and the other was first.
        return Added(Photo.objects.get(sha256=digest), taken_in.done, is_new=False)
    return Added(photo, taken_in.done, is_new=True)


def replace(photo, file):
    """Exchange the picture of a photo everywhere at once, and return in words what was done to it.

    Raises ValidationError where the new one cannot be taken in or is another photo already, and
    NotStored where it cannot be stored; then the old one stays.
    """
    digest = sha256(file)
    if other := Photo.objects.filter(sha256=digest).exclude(pk=photo.pk).first():
        raise ValidationError((LIES_IN_TRASH if other.trashed_at else ALREADY).format(other))
    taken_in = take_in(file)
    with change():
        old = [rendition.file.name for rendition in photo.renditions.all()]
        photo.renditions.all().delete()
        photo.sha256 = digest
        photo.save()
        write_renditions(photo, taken_in.sizes)
        remove_files(old)
    return taken_in.done


def uses():
    """Return {number of a photo: what shows it}, read from the texts, so it is never out of step."""
    shown_by = defaultdict(list)
    for texts, field in TEXTS:
        for each in texts.filter(**{f"{field}__contains": "photo-"}):
            # A report and its working copy are one place.
            place = getattr(each, "post", each)
            for number in map(int, NAMED.findall(getattr(each, field))):
                if place not in shown_by[number]:
                    shown_by[number].append(place)
    return shown_by


def is_public(photo):
    """Return whether a page shows it that citizens read, or will read at a moment to come."""
    return photo.is_shown(Post.objects.released())


def named_in(source):
    """Return the photos that a Markdown text names, in its order."""
    numbers = [int(number) for number in dict.fromkeys(NAMED.findall(source))]
    photos = Photo.objects.kept().prefetch_related("renditions").in_bulk(numbers)
    return [photos[number] for number in numbers if number in photos]


def undescribed_in(source):
    """Return the numbers of the photos that a Markdown text names and the library has no words for."""
    return {photo.pk for photo in named_in(source) if not photo.alt}


def sha256(file):
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
