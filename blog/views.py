"""The pages of reports.

Functions, not Django's date archives, which would convert every row's time: a month is a column.
"""

from collections import defaultdict

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from homepage.breadcrumbs import from_archive, from_front

from . import counts, search, withheld
from .back_numbers import Month
from .headings import Headings, distinguish_names, distinguish_posts
from .models import Category, Correction, Post, Tag
from .photos.showing import show, show_first_photos
from .tags.models import show_tags

# So many other reports stand under a report.
MOST_RELATED = 5
# Reports on a page of results.
RESULTS = 10


@require_safe
def post_archive(request):
    """All back numbers, and all fields of work."""
    return render(
        request,
        "blog/post_archive.html",
        {
            "title": "バックナンバー一覧",
            "breadcrumbs": from_archive(),
            "back_numbers": counts.back_numbers(request),
            "categories": counts.categories(request),
            "tags": counts.tags(request),
        },
    )


@require_safe
def post_archive_year(request, year):
    posts = Post.objects.published()
    back_numbers = counts.back_numbers(request)
    this_year = next((each for each in back_numbers.years if each.number == year), None)
    if this_year is None:
        raise Http404("No reports in this year.")

    by_month = defaultdict(list)
    for post in distinguish_names(posts.in_year(year).select_related("category").for_lists()):
        by_month[post.published_month % 100].append(post)
    previous, following = back_numbers.years_around(year)
    return render(
        request,
        "blog/post_archive_year.html",
        {
            "title": f"{this_year.name} バックナンバー",
            "breadcrumbs": from_archive((f"{year}年", this_year.address)),
            "year": this_year,
            "months": [
                (month, by_month[month.number])
                for month in reversed(this_year.months)
                if month.count
            ],
            "previous": previous,
            "next": following,
            "back_numbers": back_numbers,
        },
    )


@require_safe
def post_archive_month(request, year, month):
    """A back number: the month's reports in full."""
    published = Post.objects.published()
    posts = list(
        published.in_month(year, month)
        .select_related("category")
        .prefetch_related("attachments")
        .annotate(is_corrected=Exists(Correction.objects.filter(post=OuterRef("pk"))))
    )
    if not posts:
        raise Http404("No reports in this month.")
    address = reverse("blog:archive-month", args=[year, month])
    if request.path != address:
        return redirect(address, permanent=True)

    # Few months have any, and a question for them costs as much as one for reports.
    if has_corrections := any(post.is_corrected for post in posts):
        prefetch_related_objects(posts, "corrections")
    show_tags(posts)
    back_numbers = counts.back_numbers(request)
    this_month = Month(year, month, len(posts))
    previous, following = back_numbers.around(this_month.first_day)
    for post, html in zip(posts, show(*(post.body_html for post in posts)), strict=True):
        post.body_html = html
    return render(
        request,
        "blog/post_archive_month.html",
        {
            "title": f"{this_month.name} バックナンバー",
            "breadcrumbs": from_archive(
                (f"{year}年", reverse("blog:archive-year", args=[year])),
                (f"{month}月", address),
            ),
            "month": this_month,
            "posts": distinguish_posts(posts),
            "has_corrections": has_corrections,
            "previous": previous,
            "next": following,
            "back_numbers": back_numbers,
        },
    )


@require_safe
def post_detail(request, year, month, number):
    published = Post.objects.published().select_related("category", "first_photo")
    post = published.with_updated_at().filter(pk=number).first()
    if post is None:
        return withheld.withdrawn(request, number)
    if request.path != post.get_absolute_url():
        # Not permanent: the date, and with it the address, may be set back.
        return redirect(post)

    return render(request, "blog/post_detail.html", page_of(post))


def page_of(post):
    """Return what the page of a post shows: its text with photos, and the posts around it.

    The post itself may not be saved, or not be public yet: the others are those of its moment.
    """
    prefetch_related_objects([post], "corrections")
    show_tags([post])
    [html] = show(post.body_html)
    post.body_html = Headings(post.name).distinguish(html)
    day = timezone.localtime(post.published_at).date()
    others = Post.objects.exclude(pk=post.pk)
    of_month = others.published(max(timezone.now(), post.published_at)).in_month(
        day.year, day.month
    )
    month = reverse("blog:archive-month", args=[day.year, day.month])
    tags = [tag for tag in post.shown_tags if tag.pk]
    related = others.related_to(post, tags).for_lists()[:MOST_RELATED] if tags else []
    return {
        "title": post.name,
        "breadcrumbs": from_archive(
            (f"{day.year}年{day.month}月", month), (f"{day.day}日", post.get_absolute_url())
        ),
        "post": post,
        "has_corrections": bool(post.corrections.all()),
        "day": day,
        "previous": others.before(post).for_lists().first(),
        "next": others.after(post).for_lists().first(),
        "related": related,
        "month": day.replace(day=1),
        "posts": sorted(
            [*of_month.for_lists(), post],
            key=lambda each: (each.published_at, each.pk),
            reverse=True,
        ),
    }


@require_safe
def post_category(request, slug):
    """All reports of one field of work, as a list by year."""
    category = get_object_or_404(Category, slug=slug)
    posts = Post.objects.published().filter(category=category).for_lists()
    context = {
        "title": f"{category}の報告",
        "breadcrumbs": from_archive((category.name, category.get_absolute_url())),
        "category": category,
        "years": by_year(posts),
        "count": len(posts),
    }
    return render(request, "blog/post_category.html", context)


@require_safe
def post_tag(request, number):
    """All reports that have a tag, as a list by year; without one there is no page."""
    tag = get_object_or_404(Tag.objects.select_related("merged_into"), pk=number)
    tag = tag.merged_into or tag
    posts = tag.posts.published().for_lists()
    if not posts:
        raise Http404("No reports with this tag.")
    if request.path != tag.get_absolute_url():
        return redirect(tag, permanent=True)
    context = {
        "title": f"「{tag}」の報告",
        "breadcrumbs": from_archive((tag.name, tag.get_absolute_url())),
        "tag": tag,
        "years": by_year(posts),
        "count": len(posts),
    }
    return render(request, "blog/post_tag.html", context)


def by_year(posts):
    """Return pairs of a year and its posts, in the order of the posts."""
    years = defaultdict(list)
    for post in posts:
        years[post.published_month // 100].append(post)
    return list(years.items())


@require_safe
@gzip_page
def post_search(request):
    """The reports that have some words, by year and field of work, newest or best first."""
    back_numbers, categories = counts.back_numbers(request), counts.categories(request)
    asked = search.Search(request.GET, back_numbers.years, categories)
    context = {
        "title": f"「{asked.text}」の検索結果" if asked.text else "検索",
        "breadcrumbs": from_front(("検索", reverse("blog:search"))),
        "search": asked,
        "parameters": asked.parameters(),
        "years": _choices(back_numbers.years, asked.year, asked.count_of_year),
        "categories": _choices(categories, asked.category, asked.count_of_category),
    }
    if asked.numbers:
        number = request.GET.get("page", "1")
        page = Paginator(asked.numbers, RESULTS).get_page(number)
        if str(page.number) != number:
            asked.notes.append(f"そのページはないので、{page.number}ページ目を表示しています。")
        posts = show_first_photos(search.show(page.object_list, asked.words))
        context |= {"page": page, "posts": distinguish_names(posts)}
    elif asked.is_asked:
        context |= {
            "alike": search.alike(asked.words, search.vocabulary(request)),
            "back_numbers": back_numbers,
            "all_categories": categories,
        }
    return render(request, "blog/post_search.html", context)


def _choices(choices, chosen, count_of):
    """Return (choice, count) for what leads to reports, and for what is chosen in any case."""
    counted = [(each, count_of(each)) for each in choices]
    return [(each, count) for each, count in counted if count or each is chosen]
