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
    return any(rules.keeps_off_paper(election, now) for election in elections(request))
