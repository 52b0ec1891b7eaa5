from django.utils.functional import SimpleLazyObject

from .models import Page, Profile


def site(request):
    """Return what stands on every page: who answers for it, and the pages to go to.

    Both are asked for only by the templates that print them.
    """
    return {
        "profile": SimpleLazyObject(Profile.objects.current),
        "pages": Page.objects.published().defer("body"),
    }
