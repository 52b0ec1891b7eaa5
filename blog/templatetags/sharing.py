import json

from django import template
from django.utils.safestring import mark_safe

from blog import sharing, structured_data

register = template.Library()
# As Django's own json_script, which says another type: nothing within ends the script.
ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&"}


@register.simple_tag
def share_picture(profile, post):
    """Return the address of the picture that goes with a link to this page."""
    return profile.address + sharing.picture_address(profile, post or None)


@register.simple_tag
def data_of_front(profile):
    return _script(structured_data.front_page(profile))


@register.simple_tag
def data_of_page(profile, breadcrumbs):
    return _script(structured_data.page(profile, breadcrumbs))


@register.simple_tag
def data_of_post(profile, breadcrumbs, post):
    return _script(structured_data.post_page(profile, breadcrumbs, post))


def _script(data):
    """Return the data as a script that no browser runs."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')
