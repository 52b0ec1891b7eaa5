"""The elections of the site as its pages need them: read once for each edition, which they are part of."""

from django.apps import apps
from django.utils import timezone

from homepage.edition import kept_for_edition

from . import rules


@kept_for_edition
def elections():
    """Return all elections of the calendar."""
    return list(apps.get_model("homepage.Election").objects.all())


def is_campaign(request):
    """Return whether no page may be printed now, since it could be handed out."""
    now = timezone.now()
    known = elections(request)
    # Of two that end at different hours, neither changes a page while the other's hold lasts.
    at = min((begin for begin, end in map(rules.hold, known) if begin <= now < end), default=now)
    return any(rules.keeps_off_paper(election, at) for election in known)
