import functools

from django import template
from django.template.loader import render_to_string

register = template.Library()


@register.simple_tag
def back_numbers_year(year, heading, current=None):
    """Return a year of the ledger; the month one is in, if it is among them, is marked."""
    is_here = current and current.year == year.number
    return _year(year, heading, current.number if is_here else None)


# Twenty years stand on every month's page. The same counts always look the same, so what is kept
# here is never stale.
@functools.lru_cache(maxsize=512)
def _year(year, heading, current):
    context = {"year": year, "heading": heading, "current": current}
    return render_to_string("_back_numbers_year.html", context)
