"""Who asks, and how, as the proxies in front tell it: those that are named, and nobody else.

A WSGI application around all others. Behind it REMOTE_ADDR is the visitor's address and wsgi.url_scheme
what the visitor's browser speaks, and none of the headers that tell it is left for anybody to believe.
"""

import functools
import ipaddress

UNREAD = (
    *("HTTP_FORWARDED", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_REAL_IP"),
    *("HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED_SERVER", "HTTP_X_FORWARDED_SSL"),
)


class TrustedProxies:
    def __init__(self, application, networks):
        self.application = application
        self.networks = networks
        # The proxies are few, and a visitor asks more than once.
        self.look_up = functools.lru_cache(maxsize=1024)(self._look_up)

    def __call__(self, environ, start_response):
        chain = environ.pop("HTTP_X_FORWARDED_FOR", None)
        scheme = environ.pop("HTTP_X_FORWARDED_PROTO", None)
        for name in UNREAD:
            environ.pop(name, None)
        address, is_trusted = self.look_up(environ["REMOTE_ADDR"])
        if is_trusted:
            if chain:
                address = self.visitor(chain, address)
            if scheme == "https":
                environ["wsgi.url_scheme"] = scheme
        environ["REMOTE_ADDR"] = address
        return self.application(environ, start_response)

    def visitor(self, chain, address):
        """Return the last address in the chain that is no proxy's, or the last one that can be believed."""
        for text in reversed(chain.split(",")):
            told, is_trusted = self.look_up(text.strip())
            if not told:
                break
            address = told
            if not is_trusted:
                break
        return address

    def _look_up(self, text):
        """Return an address in its one spelling, "" for what is none, and whether a proxy is named by it."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return "", False
        if address.version == 6:
            if address.scope_id:
                return "", False
            # A socket for both kinds of addresses shows 127.0.0.1 as ::ffff:127.0.0.1.
            address = address.ipv4_mapped or address
        return str(address), any(address in network for network in self.networks)
