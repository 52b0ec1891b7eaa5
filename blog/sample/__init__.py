"""The invented site of 見本 花子, for a first look."""

import tomllib
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from blog.history.corrections import words_of
from blog.models import Category, Post
from blog.photos import library
from blog.photos.intake import take_in_portrait
from homepage.models import Link, Page, Profile

FOLDER = Path(__file__).parent


@transaction.atomic
def load_sample(address):
    """Fill an empty site, whose address is given, with the sample."""
    sample = tomllib.loads((FOLDER / "site.toml").read_text(encoding="utf-8"))
    profile = Profile(address=address, **sample["profile"])
    with (FOLDER / "portrait.jpg").open("rb") as portrait:
        profile.portrait, profile.portrait_avif = take_in_portrait(File(portrait))
    profile.save()
    for order, link in enumerate(sample["links"]):
        Link.objects.create(profile=profile, order=order, **link)
    for order, page in enumerate(sample["pages"]):
        Page.objects.create(order=order, **page)
    categories = {
        each["slug"]: Category.objects.create(order=order, **each)
        for order, each in enumerate(sample["categories"])
    }
    for post in reversed(sample["posts"]):
        _create_post(categories, **post)


def _create_post(
    categories,
    category,
    body,
    photo=None,
    correction=None,
    published_at=None,
    status=Post.Status.PUBLISHED,
    **fields,
):
    if published_at:
        published_at = timezone.make_aware(published_at)
    if photo:
        body = f"{_add_photo(**photo).image_code}\n\n{body}"
    post = Post.objects.create(
        body=body,
        category=categories[category],
        published_at=published_at,
        status=status,
        **fields,
    )
    if correction:
        _add_correction(post, **correction)


def _add_correction(post, sentence, corrected_at, before, after):
    words = words_of(post.title, post.body)
    post.corrections.create(
        sentence=sentence,
        corrected_at=timezone.make_aware(corrected_at),
        before=words.replace(after, before),
        after=words,
    )


def _add_photo(file, **fields):
    with (FOLDER / file).open("rb") as picture:
        return library.add(File(picture), **fields).photo
