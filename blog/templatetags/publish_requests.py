from django import template

from ..models import PublishRequest

register = template.Library()


@register.simple_tag
def open_publish_requests():
    """Return the requests that wait for somebody who may publish."""
    requests = PublishRequest.objects.open().select_related("post", "requested_by")
    return requests.defer("post__body", "post__body_html", "post__body_text")
