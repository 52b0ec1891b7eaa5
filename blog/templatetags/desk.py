from django import template

from ..models import Post, PublishRequest

register = template.Library()


@register.simple_tag
def open_publish_requests():
    """Return the requests that wait for somebody who may publish."""
    requests = PublishRequest.objects.open().select_related("post", "requested_by")
    return requests.defer("post__body", "post__body_html", "post__body_text")


@register.simple_tag
def waiting_posts():
    """Return the reports that would have become public on a polling day, the oldest first."""
    return Post.objects.waiting().for_lists().order_by("published_at", "pk")
