from django.utils.functional import SimpleLazyObject

from .elections import calendar
from .models import Page, Profile


def site(request):
    """Return what every page knows: who answers for it, the pages to go to, and whether to print.

    All are asked for only by the templates that print them.
    """
    return {
        "profile": SimpleLazyObject(Profile.objects.current),
        "is_campaign": SimpleLazyObject(lambda: calendar.is_campaign(request)),
        "pages": Page.objects.published().defer("body"),
    }
