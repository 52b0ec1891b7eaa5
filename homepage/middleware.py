from csp.middleware import CSPMiddleware
from django.core.exceptions import BadRequest
from django.shortcuts import render

from .page_cache import SEARCH

# The desk shows photos while they are sent.
DESK_POLICY = {"img-src": ["blob:"]}
# No page asks for any of these, so nothing that got into one shall either.
UNUSED = (
    "accelerometer camera display-capture geolocation gyroscope hid idle-detection local-fonts "
    "magnetometer microphone midi payment screen-wake-lock serial usb xr-spatial-tracking"
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED.split())


class ContentSecurityPolicy(CSPMiddleware):
    """The policy of the settings, and for the administrator's screens what only they do."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(("/admin/", "/accounts/")):
            parts.update = DESK_POLICY | (parts.update or {})
        return parts


def permissions_policy(get_response):
    """Tell the browser which of its abilities no page uses."""

    def middleware(request):
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


def refuse_nul(get_response):
    """Refuse a NUL, which PostgreSQL takes in no text; forms and the search leave theirs out themselves."""

    def middleware(request):
        is_search = request.path_info == SEARCH
        has_nul = "%00" in request.META["QUERY_STRING"] and not is_search
        if has_nul or "\0" in "".join(request.COOKIES.values()):
            raise BadRequest("NUL in query string or cookie")
        return get_response(request)

    return middleware


def method_not_allowed_page(get_response):
    """Give the empty answer of `require_safe` and `require_POST` the site's look."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    return middleware
