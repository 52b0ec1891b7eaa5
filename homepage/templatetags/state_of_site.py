from django import template

from homepage import checks

register = template.Library()
register.simple_tag(checks.state_of_site)
