"""Editions: everything citizens can read at one moment has a number, and no change goes without one.

Whatever is kept for speed belongs to one edition, so nothing is ever stale and nothing is purged.
"""

import functools
from contextlib import contextmanager
from datetime import datetime

from django.apps import apps
from django.db import DatabaseError, close_old_connections, connection, models, transaction
from django.db.models.signals import m2m_changed, pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone

from .elections import hold
from .elections.rules import Held
from .page_cache import EDITION

# Managers of what time alone makes public: each finds what `came_due(since, until)`, a queryset
# whose things can `wait()`.
scheduled = []


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


def bump(thing):
    """Raise the number, as part of the transaction that changes what citizens can read of a thing.

    Saving, deleting and writing in bulk do it by themselves. Raises Held on a polling day.
    """
    with transaction.atomic():
        _raise()
        # After the lock, for which midnight may have been waited.
        hold.check(thing)


def _raise():
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
    """Return the number at a moment: time makes editions too, by due reports and by polling days."""
    due = sum(each.came_due(edition.raised_at, at).count() for each in scheduled)
    elections = apps.get_model("homepage.Election").objects
    return edition.number + due + elections.turns(edition.raised_at, at)


def put_off():
    """Let wait what would become public by itself on a polling day, and return it.

    Whatever schedules, or moves a polling day, calls it in its transaction.
    """
    now = timezone.now()
    waiting = []
    for election in apps.get_model("homepage.Election").objects.to_come(now):
        begins_at, ends_at = election.hold
        # What was public before its polling day was known stays so.
        since = max(begins_at - datetime.resolution, now)
        for each in scheduled:
            waiting += each.came_due(since, ends_at - datetime.resolution)
    for thing in waiting:
        thing.wait()
    return waiting


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


@contextmanager
def change():
    """What is changed within is one transaction with its edition; what is refused stands in the log."""
    try:
        with transaction.atomic():
            yield
    except Held as held:
        # Within another transaction the entry would be rolled back too: who began that one writes it.
        if not connection.in_atomic_block:
            hold.record_refusal(held)
        raise


class PublicQuerySet(models.QuerySet):
    """Rows that citizens read: who writes many at once passes by the edition no more than who saves one."""

    def update(self, **values):
        with change():
            bump(self.model)
            updated = super().update(**values)
            put_off()
        return updated

    def bulk_create(self, *args, **kwargs):
        with change():
            bump(self.model)
            created = super().bulk_create(*args, **kwargs)
            put_off()
        return created

    def delete(self):
        with change():
            return super().delete()

    # As Django's own, so that nobody deletes everything by mistake.
    delete.queryset_only = True


class PublicModel(models.Model):
    """What citizens read: it is written together with the edition that it makes."""

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with change():
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with change():
            return super().delete(*args, **kwargs)

    def before_and_after(self):
        """Yield it as it will be written, and as the database has it, where it has it."""
        yield self
        yield from type(self)._base_manager.filter(pk=self.pk)

    def concerns_readers(self):
        """Return whether citizens read it, or will read it at a moment to come."""
        return True

    def is_read_now(self):
        """Return whether they read it already: then a hold forbids to change it."""
        return True


@receiver([pre_save, pre_delete])
def raise_edition(sender, instance, raw=False, **kwargs):
    """Raise the edition with every public change, whichever way it comes."""
    if not isinstance(instance, PublicModel):
        return
    if raw:
        # What a site is copied from has an edition too, and comes in any order.
        hold.check(sender)
        # Once for all that is loaded.
        if _settle not in (each[1] for each in connection.run_on_commit):
            transaction.on_commit(_settle)
    elif any(each.concerns_readers() for each in instance.before_and_after()):
        bump(instance)


def _settle():
    """Make an edition of what was loaded, in which nothing comes due on a polling day."""
    with transaction.atomic():
        _raise()
        put_off()


@receiver(m2m_changed)
def check_links(sender, instance, action, reverse, model, pk_set, **kwargs):
    """Let no link between two things pass a hold: the save that it belongs to has raised the edition."""
    if action.startswith("pre_") and isinstance(instance, PublicModel):
        hold.check(instance)
        for other in model._base_manager.filter(pk__in=pk_set or ()) if reverse else ():
            hold.check(other)
