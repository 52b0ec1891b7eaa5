from django import template

from homepage.models import Election

register = template.Library()


@register.simple_tag
def near_elections():
    return Election.objects.near()
