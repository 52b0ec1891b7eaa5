"""A report as its page will look, before citizens see it."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from homepage.eras import moment_in_words

from ..models import Post
from ..views import page_of
from .content import at_desk
from .models import PreviewLink


@require_safe
def linked(request, token):
    """A report for whoever has its link: as it stands at the desk now, changes included."""
    links = PreviewLink.objects.unexpired().filter(token=token, post__trashed_at=None)
    link = links.select_related("post__category", "post__working_copy__category").first()
    if link is None:
        # The same for all: nobody learns whether a link has ever been.
        return unseen(render(request, "blog/preview_gone.html", status=404))
    return preview_page(request, link.post, link)


def preview_page(request, post, link=None):
    """Return the answer that shows a post as its page will look, to whoever came by a link or not."""
    context = page_of(as_written(post)) | {
        "link": link,
        "state": state_of(post),
        # Marks the menu as on the page itself.
        "section": "post",
    }
    return unseen(render(request, "blog/post_preview.html", context))


def as_written(post):
    """Return a post that is not to be saved: this one, with the text that stands at the desk."""
    text = at_desk(post)
    written = Post(
        pk=post.pk,
        status=post.status,
        title=text.title,
        body=text.body,
        category=text.category,
        tag_names=text.tag_names,
        published_at=text.published_at or timezone.now(),
    )
    written.render_body()
    return written


def state_of(post):
    """Return in two short sentences what a preview shows, and what citizens read meanwhile."""
    if post.is_public and at_desk(post) is post:
        return "公開中の見え方です", "変更はありません"
    if post.is_public:
        return "公開前の見え方です", "公開中の報告の変更"
    if post.is_scheduled:
        day = moment_in_words(post.published_at)
        return "公開前の見え方です", f"予約 {day}"
    return "公開前の見え方です", post.get_status_display()


def unseen(response):
    """Return an answer that nobody keeps, no search engine lists, and whose address goes nowhere."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
