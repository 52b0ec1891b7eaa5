"""What stands in the place of reports and files that were taken down."""

from django.http import Http404
from django.shortcuts import render
from django.utils.http import http_date

from homepage.edition import kept_for_edition

from . import counts
from .models import Attachment, Withdrawal
from .photos.models import Rendition


def withdrawn(request, number):
    """Return the notice at the address of a report that was withdrawn; of no other there is one.

    With the status 410, whether it gives a reason or not: readers see the page all the same, search
    engines forget the report soon, no QR code is drawn of it, and its address is not kept as a page's.
    """
    withdrawal = Withdrawal.objects.filter(number=number).first()
    # Under any other month there is nothing: one report shall not fill the page cache.
    if withdrawal is None or request.path != withdrawal.get_absolute_url():
        raise Http404("No such report.")
    months = {month.first_day: month for month in counts.back_numbers(request).months}
    context = {"withdrawal": withdrawal, "month": months.get(withdrawal.month)}
    response = render(request, "blog/post_withdrawn.html", context, status=410)
    # A browser keeps this status for ever where nothing is said (RFC 9110, 15.5.11), and the report
    # may come back. Not Cache-Control, with which the page cache would not keep the page either.
    response["Expires"] = http_date(0)
    return response


@kept_for_edition
def files():
    """Return the names of the files that belong to what lies in the trash."""
    return {
        *Rendition.objects.exclude(photo__trashed_at=None).values_list("file", flat=True),
        *Attachment.objects.exclude(post__trashed_at=None).values_list("file", flat=True),
    }
