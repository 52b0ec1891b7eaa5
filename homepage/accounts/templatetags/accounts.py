import ipaddress

from django import template
from django.http.request import split_domain_port

from homepage.accounts import devices

register = template.Library()
register.filter(devices.device_name)


@register.filter
def takes_passkeys(request):
    """Return whether a browser uses passkeys at this address: they belong to a name, never to a number."""
    host, _ = split_domain_port(request.get_host())
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False
