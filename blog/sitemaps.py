"""The sitemap: every address of the site for search engines (sitemaps.org, protocol 0.9).

`lastmod` is since when a page says what it says, and is left out where nobody can know. Not by
Django's sitemaps, which take the address from the request and number their parts in the query string.
"""

from django.db.models import F, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from homepage import eras
from homepage.models import Page, Profile

from .models import Post

# The most that a file may hold.
MOST_ADDRESSES = 50_000


@require_safe
def sitemap(request):
    """All addresses, or the index of the parts where they are too many for one file."""
    posts = Post.objects.published()
    others = lists(posts)
    if len(others) + posts.count() <= MOST_ADDRESSES:
        return answer(request, "sitemap.xml", others + reports(posts))
    parts = posts.order_by().values_list((F("pk") - 1) / MOST_ADDRESSES + 1, flat=True).distinct()
    # When a part last changed nobody can know: a report may have gone from it.
    addresses = [(reverse("blog:sitemap-part", args=[part]), None) for part in [0, *sorted(parts)]]
    return answer(request, "sitemap_index.xml", addresses)


@require_safe
def sitemap_part(request, number):
    """Part 0 is every list and page; the others are of so many report numbers each.

    So a report stays in its part, whatever is published or withdrawn later.
    """
    posts, last = Post.objects.published(), int(number) * MOST_ADDRESSES
    if last == 0:
        return answer(request, "sitemap.xml", lists(posts))
    found = reports(posts.filter(pk__gt=last - MOST_ADDRESSES, pk__lte=last))
    if not found:
        raise Http404("No reports of these numbers.")
    return answer(request, "sitemap.xml", found)


def answer(request, template, addresses):
    """Return the answer with pairs of an address and its moment, or None."""
    profile = Profile.objects.current()
    if profile is None:
        raise Http404("No site yet.")
    # Here, since the template's own filter takes longer than all the rest together.
    addresses = [
        (address, moment and moment.astimezone(eras.TOKYO).isoformat())
        for address, moment in addresses
    ]
    context = {"site": profile.address, "addresses": addresses}
    return render(request, template, context, content_type="application/xml")


def reports(posts):
    """Return (address, moment of its last correction or publishing) of each report, the oldest first."""
    posts = posts.with_updated_at().order_by("pk")
    return [
        (reverse("blog:post", args=[*divmod(month, 100), number]), moment)
        for month, number, moment in posts.values_list("published_month", "pk", "updated_at")
    ]


def lists(posts):
    """Return (address, moment or None) of everything but the reports: here belongs a new kind of page."""
    return [*site(), *pages(), *categories(posts), *tags(posts), *archives(posts)]


def site():
    return [(reverse("front"), None), (reverse("blog:archive"), None)]


def pages():
    revisions = Page.revisions.model.objects.filter(id=OuterRef("pk")).order_by("-history_date")
    revised_at = Subquery(revisions.values("history_date")[:1])
    pages = Page.objects.published().annotate(revised_at=revised_at).only("slug")
    return [(page.get_absolute_url(), page.revised_at) for page in pages]


# When a list last changed nobody can know: a report may have gone from it, or moved to another one.


def categories(posts):
    slugs = posts.exclude(category=None).order_by("category__slug")
    slugs = slugs.values_list("category__slug", flat=True).distinct()
    return [(reverse("blog:category", args=[slug]), None) for slug in slugs]


def tags(posts):
    numbers = posts.exclude(tags=None).order_by("tags").values_list("tags", flat=True).distinct()
    return [(reverse("blog:tag", args=[number]), None) for number in numbers]


def archives(posts):
    months = [month for month, _ in posts.months()]
    years = dict.fromkeys(month // 100 for month in months)
    return [
        *((reverse("blog:archive-year", args=[year]), None) for year in years),
        *((reverse("blog:archive-month", args=divmod(month, 100)), None) for month in months),
    ]
