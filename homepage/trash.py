"""The trash: what somebody deletes waits there, out of everybody's sight, and comes back whole."""

import datetime

from django.db import models
from django.utils import timezone

from .edition import PublicModel

KEPT_FOR = datetime.timedelta(days=30)


class TrashableQuerySet(models.QuerySet):
    def kept(self):
        """Return what is not in the trash."""
        return self.filter(trashed_at=None)

    def trashed(self):
        """Return what lies in the trash, the newest first."""
        return self.exclude(trashed_at=None).order_by("-trashed_at", "-pk")


class TrashableModel(PublicModel):
    """What citizens read, and what is put into the trash before it is deleted."""

    trashed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def trash(self):
        """Put it into the trash: from then on no page shows it."""
        self.trashed_at = timezone.now()
        self.save(update_fields=["trashed_at"])

    def restore(self):
        """Take it out of the trash, as it was."""
        self.trashed_at = None
        self.save(update_fields=["trashed_at"])
