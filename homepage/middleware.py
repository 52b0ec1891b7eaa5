from django.core.exceptions import BadRequest
from django.shortcuts import render


def refuse_nul(get_response):
    """Refuse a NUL, which PostgreSQL takes in no text; forms check theirs themselves."""

    def middleware(request):
        if "%00" in request.META["QUERY_STRING"] or "\0" in "".join(request.COOKIES.values()):
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
