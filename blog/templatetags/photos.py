from django import template

register = template.Library()


@register.filter
def srcset(renditions):
    """Return the sizes of a photo in one format as a srcset attribute lists them."""
    return ", ".join(f"{each.get_absolute_url()} {each.width}w" for each in renditions)
