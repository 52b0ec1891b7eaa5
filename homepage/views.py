import copy
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.db.models import prefetch_related_objects
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from blog import counts, withheld
from blog.headings import Headings, distinguish_names
from blog.models import Post
from blog.photos.showing import show, show_first_photos
from blog.rendering import render as render_markdown
from blog.sentences import first_sentences

from . import edition
from .accent import accent_style
from .breadcrumbs import from_front
from .models import Page, Profile
from .qr import drawing

NEWEST = 5
# What is taken in; a browser shows the pictures and saves everything else.
PICTURES = {".jpg": "image/jpeg", ".avif": "image/avif"}
MEDIA = PICTURES | {".pdf": "application/pdf"}


@require_safe
def front(request):
    profile = Profile.objects.current()
    if profile:
        # Asked for at the head of the page and at its foot.
        prefetch_related_objects([profile], "links")
    [biography] = show(render_markdown(profile.biography).html if profile else "")
    published = Post.objects.published()
    return render(
        request,
        "front.html",
        {
            "title": f"{profile.name}({profile.reading}) {profile.office}" if profile else "準備中",
            "profile": profile,
            "biography": biography,
            "posts": distinguish_names(
                show_first_photos(published.select_related("category").for_lists()[:NEWEST])
            ),
            "categories": [each for each in counts.categories(request) if each.description],
            "back_numbers": counts.back_numbers(request),
        },
    )


@require_safe
def page(request, slug):
    page = get_object_or_404(Page.objects.published(), slug=slug)
    rendered = render_markdown(page.body)
    [body] = show(rendered.html)
    return render(
        request,
        "page.html",
        {
            "title": page.title,
            "description": first_sentences(rendered.text),
            "breadcrumbs": from_front((page.title, page.get_absolute_url())),
            "page": page,
            "body": Headings(page.title).distinguish(body),
        },
    )


@require_safe
@cache_control(max_age=31536000, immutable=True)
def accent(request, colour):
    """The owner's colour as a style sheet, so that no page needs an inline style."""
    return HttpResponse(accent_style(colour), content_type="text/css")


@require_safe
def media(request, path):
    """A file that was taken in, wherever it is kept; none of what lies in the trash."""
    try:
        is_withheld = path in withheld.files(request)
    except DatabaseError:
        # Asked once for each edition. A proxy goes on with what it has.
        return HttpResponse(
            "ただいま表示できません。", status=503, content_type="text/plain; charset=utf-8"
        )
    if is_withheld:
        raise Http404("In the trash.")
    return _stored(request, path)


# For ever in a browser that has it, a second in whatever stands between: what is withdrawn is gone.
@cache_control(max_age=31536000, s_maxage=1, immutable=True)
def _stored(request, path):
    """Return the answer with a file: its name is ours and never used again.

    Whatever got in by mistake does nothing: the browser takes it for what we say, and runs none of it.
    """
    suffix = Path(path).suffix
    try:
        response = FileResponse(
            default_storage.open(path), content_type=MEDIA.get(suffix, "application/octet-stream")
        )
    except OSError as error:
        raise Http404("No such file.") from error
    if suffix not in PICTURES:
        # Under the name that the link gives.
        response["Content-Disposition"] = "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response


@require_safe
@cache_control(no_store=True)
def healthz(request):
    """Say whether the site can be kept up to date; pages read before are served in any case."""
    try:
        number = edition.current()
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse(f"ok, edition {number}\n", content_type="text/plain")


@require_safe
def robots(request):
    """What programs are asked to leave alone (RFC 9309).

    What says noindex itself, such as /preview/, is not among it: it has to be read to be heard.
    """
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
def qr_picture(request, name, suffix):
    """The code of a page that citizens can read: /qr/2024/08.svg is the code of /2024/08/."""
    path = "/" if name == "front" else f"/{name}/"
    profile = Profile.objects.current()
    if profile is None or not _is_readable(request, path):
        raise Http404("No page to draw the code of.")
    if suffix == "png":
        return HttpResponse(drawing.png(profile.address + path), content_type="image/png")
    return HttpResponse(drawing.svg(profile.address + path), content_type="image/svg+xml")


def _is_readable(request, path):
    """Return whether the path is a public page's own: the page itself is asked."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.app_name != "blog" and match.view_name not in ("front", "page"):
        return False
    page_request = copy.copy(request)
    page_request.path = path
    return match.func(page_request, *match.args, **match.kwargs).status_code == 200


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    back_numbers = counts.back_numbers(request)
    return render(request, "404.html", {"back_numbers": back_numbers}, status=404)


def server_error(request):
    """Say that there is a fault, with whom to tell, if the database still knows."""
    try:
        profile = Profile.objects.current()
    except DatabaseError:
        profile = None
    return HttpResponse(render_to_string("500.html", {"profile": profile}), status=500)
