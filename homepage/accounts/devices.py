"""Which browsers somebody has signed in from before, and what to call them.

The browser itself remembers, in a signed cookie: the server keeps nothing.
"""

from django.conf import settings
from django.core import signing

SALT = "device"
# Only signing in sends it, so that it keeps no public page out of the caches.
PATH = "/accounts/"
# Browsers keep no cookie longer.
AGE = 400 * 24 * 60 * 60
MOST_ACCOUNTS = 10

SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]
# Each browser names those before it too, so the first that is found is meant.
BROWSERS = [
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
]


def device_name(user_agent):
    """Return what somebody calls the device: iPhone(Safari)."""
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "名前のわからない端末")
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    return f"{system}({browser})" if browser else system


def is_known(request, user):
    """Return whether this user has signed in from this browser before."""
    return user.pk in _accounts(request)


def remember(request, response, user):
    """Have the browser remember that this user has signed in from it."""
    accounts = [user.pk, *(pk for pk in _accounts(request) if pk != user.pk)]
    response.set_cookie(
        _cookie_name(),
        signing.dumps(accounts[:MOST_ACCOUNTS], salt=SALT),
        max_age=AGE,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _accounts(request):
    try:
        return signing.loads(request.COOKIES.get(_cookie_name(), ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return []


def _cookie_name():
    # Not __Host-, which would have to be sent to every page.
    return "__Secure-device" if settings.SESSION_COOKIE_SECURE else "device"
