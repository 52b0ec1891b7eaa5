"""The web server's entry: what proxies tell, the page cache, and Django behind it."""

import os
import re

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homepage.settings")
django = get_wsgi_application()

from homepage import edition  # noqa: E402  (needs Django set up)
from homepage.page_cache import PageCache  # noqa: E402
from homepage.proxies import TrustedProxies  # noqa: E402

CHARSET = re.compile(r";\s*charset\*?=[^;]*", re.IGNORECASE)


def utf8_application(environ, start_response):
    """Answer a request. Whatever charset it names, what this site is sent is UTF-8."""
    if "CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ["CONTENT_TYPE"])
    return django(environ, start_response)


application = TrustedProxies(
    PageCache(utf8_application, edition.current_if_known), settings.TRUSTED_PROXIES
)
