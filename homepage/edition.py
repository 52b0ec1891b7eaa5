"""Editions: everything citizens can read at one moment has a number, and no change goes without one.

Whatever is kept for speed belongs to one edition, so nothing is ever stale and nothing is purged.
"""

import functools

from django.apps import apps
from django.db import DatabaseError, close_old_connections, connection, models, transaction
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone

from .page_cache import EDITION

# Each tells how many public changes time alone has made between two moments: reports that came due.
clocks = []


def current(at=None):
    """Return the number of the edition at a moment, now unless it is given."""
    edition = apps.get_model("homepage.Edition").objects.first()
    return _number(edition, at or timezone.now()) if edition else 0


def current_if_known():
    """Return the number of the present edition, or None while the database does not answer."""
    try:
        # Asked between requests, by threads whose connection may be old or broken.
        close_old_connections()
        return current()
    except DatabaseError:
        connection.close()
        return None


def bump():
    """Raise the number, as part of the transaction that changes what citizens can read.

    Saving and deleting do it by themselves; whoever writes in bulk calls it, in the same transaction.
    """
    editions = apps.get_model("homepage.Edition").objects
    with transaction.atomic():
        now = timezone.now()
        # The lock lets two who publish at once count one after the other.
        edition, is_new = editions.select_for_update().get_or_create(
            pk=1, defaults={"number": 1, "raised_at": now}
        )
        if not is_new:
            edition.number = _number(edition, now) + 1
            edition.raised_at = now
            edition.save()


def _number(edition, at):
    return edition.number + sum(clock(edition.raised_at, at) for clock in clocks)


def kept_for_edition(function):
    """Return the function as one of a request, that is computed once for each edition and process.

    The number is as old as the page cache's, a second at most; without one nothing is kept.
    """
    kept = functools.lru_cache(maxsize=2)(lambda number: function())

    @functools.wraps(function)
    def of_request(request):
        number = request.META.get(EDITION)
        return kept(number) if number else function()

    of_request.forget = kept.cache_clear
    return of_request


class PublicModel(models.Model):
    """What citizens read: it is written together with the edition that it makes."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            return super().delete(*args, **kwargs)

    def concerns_readers(self):
        """Return whether writing it now changes what citizens can read."""
        return True


@receiver([pre_save, pre_delete])
def raise_edition(sender, instance, raw=False, **kwargs):
    """Raise the edition with every public change, whichever way it comes."""
    if isinstance(instance, PublicModel) and not raw and instance.concerns_readers():
        bump()
