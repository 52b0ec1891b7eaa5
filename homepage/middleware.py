from contextlib import suppress

from csp.middleware import CSPMiddleware
from django.contrib import admin
from django.core.exceptions import BadRequest
from django.http import JsonResponse, UnreadablePostError
from django.shortcuts import render

from .elections import hold, proof
from .elections.rules import Held
from .page_cache import SEARCH

# The desk shows photos while they are sent.
DESK_POLICY = {"img-src": ["blob:"]}
# What somebody writes who changes on a polling day what the law does not forbid.
REASON = "override_reason"
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


def note_served(get_response):
    """Note what everybody is served around a polling day."""

    def middleware(request):
        response = get_response(request)
        proof.note(request, response)
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


def answer_hold(get_response):
    """Answer what a hold refuses with why, and let it pass when it is sent once more with a reason."""

    def middleware(request):
        is_of_desk = request.method == "POST" and request.path_info.startswith("/admin/")
        reason = ""
        # What breaks off on its way is the view's to answer.
        with suppress(UnreadablePostError):
            reason = request.POST.get(REASON, "").strip() if is_of_desk else ""
        if not reason:
            return get_response(request)
        with hold.override(reason):
            return get_response(request)

    def process_exception(request, exception):
        if not isinstance(exception, Held):
            return None
        hold.record_refusal(exception)
        if not request.accepts("text/html"):
            return JsonResponse({"message": str(exception)}, status=409)
        sent = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in (REASON, "csrfmiddlewaretoken")
        ]
        context = admin.site.each_context(request) | {
            "title": "投票日のため、更新していません",
            "held": exception,
            "sent": sent,
            # To be copied, where nothing of them is kept.
            "texts": [value for _, value in sent if "\n" in value and not exception.kept_at],
            "files": [(name, file.name) for name, file in request.FILES.items()],
            "is_without_reason": REASON in request.POST,
        }
        return render(request, "admin/held.html", context, status=409)

    middleware.process_exception = process_exception
    return middleware
