"""Sessions last as long as somebody is there."""

import time

# Not with each request: of two at once, the later would undo what the other kept in the session.
RENEWED_EVERY = 10 * 60
RENEWED_AT = "renewed_at"


def begin(session):
    """Have a session renewed from now on, while it is in use."""
    session[RENEWED_AT] = time.time()


def renew(get_response):
    """Put off the end of a session whenever the admin is used."""

    def middleware(request):
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            renewed_at = request.session.get(RENEWED_AT)
            if renewed_at and time.time() - renewed_at > RENEWED_EVERY:
                begin(request.session)
        return get_response(request)

    return middleware
