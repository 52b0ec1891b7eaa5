from django import template

from blog import rendering

register = template.Library()


@register.filter
def headings_from(html, level):
    """Return a rendered body whose headings begin at this level."""
    return rendering.at_heading_level(html, level)
