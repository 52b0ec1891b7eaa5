"""The feeds: the newest reports in full, for the programs with which readers follow sites.

Atom is RFC 4287, RSS is version 2.0, JSON Feed version 1.1. Not by Django's syndication, which takes
the address from the request, and a Last-Modified from the reports that a slip put right does not move.
"""

import json
import re
import uuid
from datetime import UTC, datetime
from html import escape, unescape
from urllib.parse import urljoin

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from homepage.models import Profile

from .models import Category, Post
from .photos.showing import show
from .tags.names import names_in

NEWEST = 20
# Characters of HTML: with the report that goes beyond it a feed ends. Twenty usual ones have a tenth.
MOST_CHARACTERS = 500_000
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}
# What nh3 and our templates write: lower case, and each value in double quotes.
TAG = re.compile(r'<[a-z](?:[^<>"]|"[^"]*")*>')
ADDRESS = re.compile(r'(?<=\s)(href|src|srcset)="([^"]*)"')


@require_safe
def feed(request, suffix, slug=None):
    """The newest reports of all, or of one field of work; none of a site that nobody answers for."""
    profile = Profile.objects.current()
    if profile is None:
        raise Http404("No site yet.")
    posts = Post.objects.published()
    if slug is None:
        name, home, subject = "活動報告", reverse("front"), "feed"
        description = "新しい活動報告を全文でお読みいただけます。"
    else:
        category = get_object_or_404(Category, slug=slug)
        posts = posts.filter(category=category)
        name, home, subject = (
            f"{category}の報告",
            category.get_absolute_url(),
            f"category/{category.pk}",
        )
        description = category.description or f"{category}の新しい報告を全文でお読みいただけます。"
    entries = entries_of(posts, profile)
    context = {
        "profile": profile,
        "id": identity(profile, subject),
        "title": f"{profile.office} {profile.name} {name}",
        "description": description,
        "home": profile.address + home,
        "address": profile.address + request.path,
        # Of a feed without reports it has to be some moment as well (RFC 4287, 4.2.15).
        "updated_at": max(
            (each["updated_at"] for each in entries), default=datetime(1970, 1, 1, tzinfo=UTC)
        ),
        "entries": entries,
    }
    text = (
        json_feed(context) if suffix == "json" else render_to_string(f"blog/feed.{suffix}", context)
    )
    return HttpResponse(text, content_type=TYPES[suffix])


def identity(profile, subject):
    """Return the id of a feed or report, the same in every format and for ever (RFC 9562).

    Neither date, title, name nor address of the site is in it: whoever follows the site reads no
    report a second time because one of them changed.
    """
    return uuid.uuid5(profile.feed_key, subject).urn


def entries_of(posts, profile):
    """Return what the feeds say of the newest of the posts."""
    newest = posts.with_updated_at().select_related("category").defer("body", "body_text")
    posts = as_many_as_fit(newest.prefetch_related("attachments", "corrections")[:NEWEST])
    entries = []
    for post, html in zip(posts, show(*(post.body_html for post in posts)), strict=True):
        post.body_html = html
        address = profile.address + post.get_absolute_url()
        entries.append(
            {
                "id": identity(profile, f"post/{post.pk}"),
                "title": post.name,
                "address": address,
                "published_at": timezone.localtime(post.published_at),
                "updated_at": timezone.localtime(post.updated_at),
                "subjects": [
                    *([post.category.name] if post.category else []),
                    *names_in(post.tag_names),
                ],
                "summary": post.excerpt,
                "content": with_whole_addresses(
                    render_to_string("blog/_feed_content.html", {"post": post}), address
                ),
                "enclosures": [
                    {
                        "address": profile.address + reverse("media", args=[each.file.name]),
                        "title": str(each),
                        "size": each.size,
                    }
                    for each in post.attachments.all()
                ],
            }
        )
    return entries


def as_many_as_fit(posts):
    """Return the first of the posts, up to the one with which their texts are too long for more."""
    fitting, characters = [], 0
    for post in posts:
        fitting.append(post)
        characters += len(post.body_html)
        if characters > MOST_CHARACTERS:
            break
    return fitting


def with_whole_addresses(html, base):
    """Return the HTML with every address as it is from anywhere else than the page at `base`."""

    def whole(address):
        try:
            return escape(urljoin(base, unescape(address)))
        except ValueError:
            # Such as //[: it leads nowhere on the page either.
            return address

    def attribute(match):
        name, value = match.groups()
        if name == "srcset":
            sizes = (each.split(" ") for each in value.split(", "))
            return f'srcset="{", ".join(f"{whole(address)} {width}" for address, width in sizes)}"'
        return f'{name}="{whole(value)}"'

    return TAG.sub(lambda tag: ADDRESS.sub(attribute, tag[0]), html)


def json_feed(context):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": context["title"],
        "home_page_url": context["home"],
        "feed_url": context["address"],
        "description": context["description"],
        "language": "ja",
        "authors": [{"name": context["profile"].name, "url": f"{context['profile'].address}/"}],
        "items": [
            {
                "id": each["id"],
                "url": each["address"],
                "title": each["title"],
                "summary": each["summary"],
                "content_html": each["content"],
                "date_published": each["published_at"].isoformat(),
                "date_modified": each["updated_at"].isoformat(),
                "tags": each["subjects"],
                "attachments": [
                    {
                        "url": enclosure["address"],
                        "mime_type": "application/pdf",
                        "title": enclosure["title"],
                        "size_in_bytes": enclosure["size"],
                    }
                    for enclosure in each["enclosures"]
                ],
            }
            for each in context["entries"]
        ],
    }
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":"))
