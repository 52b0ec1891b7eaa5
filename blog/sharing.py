"""The pictures that go with links to this site: one of each report, and one of the site itself."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from homepage.models import Profile

from .models import Post
from .photos.models import Rendition
from .photos.share_picture import Card, jpeg

SITE = "site"


def card_of(profile, post=None):
    """Return what the picture of a report says and shows, or that of the site where there is none."""
    photo = post and post.first_photo
    return Card(
        title=post.short_name if post else "".join(profile.catchphrase.split()) or "活動報告",
        day=formats.date_format(timezone.localtime(post.published_at), "Y年n月j日(D)")
        if post
        else "",
        office=profile.office,
        name=profile.name,
        seal=profile.family_name,
        accent=profile.accent,
        photo=photo.sha256 if photo and photo.trashed_at is None else "",
        portrait=profile.portrait.name,
    )


def picture_address(profile, post=None):
    """Return the path of the picture: another one as soon as the picture is."""
    name = post.pk if post else SITE
    return reverse("blog:share-picture", args=[name, card_of(profile, post).digest])


@require_safe
def share_picture(request, name, digest):
    """The picture as it is now, under the addresses too that it had before: links have been shared."""
    profile = Profile.objects.current()
    if profile is None:
        raise Http404("No site to draw a picture of.")
    post = None
    if name != SITE:
        published = Post.objects.published().select_related("first_photo").for_lists()
        post = get_object_or_404(published, pk=name)
    card = card_of(profile, post)
    response = HttpResponse(jpeg(card, _file_of(post, card)), content_type="image/jpeg")
    is_current = digest == card.digest
    lasting = {"max_age": 31536000, "immutable": True} if is_current else {"max_age": 0}
    # As for media: what is withdrawn is gone from whatever stands between.
    patch_cache_control(response, s_maxage=1, **lasting)
    return response


def _file_of(post, card):
    """Return the largest file of the report's photo, or nothing where the card shows none."""
    if not card.photo:
        return ""
    jpegs = Rendition.objects.filter(photo=post.first_photo_id, format=Rendition.Format.JPEG)
    largest = jpegs.order_by("width").last()
    return largest.file.name if largest else ""
