from django import template

from homepage import eras

register = template.Library()


@register.filter
def era_year(day):
    """Return the era year of a date: 令和6年."""
    return eras.era_year(day)


@register.filter
def era_years(period):
    """Return the era years of a month or a year: 平成31年・令和元年."""
    return eras.era_years(period.first_day, period.last_day)
