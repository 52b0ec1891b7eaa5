"""The web server's entry."""

import os
import re

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homepage.settings")
django = get_wsgi_application()

CHARSET = re.compile(r";\s*charset\*?=[^;]*", re.IGNORECASE)


def application(environ, start_response):
    """Answer a request. Whatever charset it names, what this site is sent is UTF-8."""
    if "CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ["CONTENT_TYPE"])
    return django(environ, start_response)
