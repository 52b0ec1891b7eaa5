"""The trash: what somebody deletes waits there, out of everybody's sight, and comes back whole."""

import datetime
import logging

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from .edition import PublicModel, PublicQuerySet
from .log.models import Action, record, subject_of

KEPT_FOR = datetime.timedelta(days=30)

logger = logging.getLogger(__name__)


class TrashableQuerySet(PublicQuerySet):
    def kept(self):
        """Return what is not in the trash."""
        return self.filter(trashed_at=None)

    def trashed(self):
        """Return what lies in the trash, the newest first."""
        return self.exclude(trashed_at=None).order_by("-trashed_at", "-pk")

    def overdue(self, at=None):
        """Return what has lain in the trash for its time now, or at the given moment."""
        return self.trashed().filter(trashed_at__lte=(at or timezone.now()) - KEPT_FOR)


class TrashableModel(PublicModel):
    """What citizens read, and what is put into the trash before it is deleted."""

    trashed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def trash(self):
        """Put it into the trash: from then on no page shows it."""
        self.trashed_at = timezone.now()
        self._change_reason = "ごみ箱に入れました"
        self.save(update_fields=["trashed_at"])

    def restore(self):
        """Take it out of the trash, as it was."""
        self.trashed_at = None
        self._change_reason = "ごみ箱から戻しました"
        self.save(update_fields=["trashed_at"])

    def concerns_readers(self):
        """Return whether citizens may see it: in the trash nobody does."""
        return self.trashed_at is None

    @property
    def kept_until(self):
        """When its time in the trash is over."""
        return self.trashed_at + KEPT_FOR

    @property
    def is_overdue(self):
        return self.kept_until <= timezone.now()


def trashable_models():
    """Return every model whose things are put into the trash."""
    return [each for each in apps.get_models() if issubclass(each, TrashableModel)]


def empty(at=None):
    """Delete for good whatever has lain in the trash for its time.

    Return how many things went and how many failed: each is a transaction of its own.
    """
    gone = failed = 0
    for model in trashable_models():
        for number in list(model.objects.overdue(at).values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    # It may have been restored meanwhile.
                    overdue = model.objects.overdue(at).select_for_update()
                    if thing := overdue.filter(pk=number).first():
                        subject = subject_of(thing)
                        thing.delete()
                        record(Action.DELETED, subject)
                        gone += 1
            except Exception:
                # Whatever is the matter with one, the others shall not wait for it.
                logger.exception("%s %s could not be deleted.", model._meta.label, number)
                failed += 1
    return gone, failed
