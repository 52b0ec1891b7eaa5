"""Every saved version of what is written here, with who saved it and when."""

from django.db import models
from simple_history.models import HistoricalRecords

from .eras import moment_in_words

# Beside the library's own kinds: a text that no button has saved, such as a working copy.
KEPT = "="


class Revision(models.Model):
    """What each version knows of itself."""

    class Meta:
        abstract = True

    @property
    def moment(self):
        """When it was saved, as people in Tokyo write it."""
        return moment_in_words(self.history_date)

    @property
    def author(self):
        """The name of who saved it; empty where it is not known."""
        return self.history_user.name if self.history_user else ""

    @property
    def was_saved(self):
        """Whether a button saved it, so that it was what the report or page said then."""
        return self.history_type != KEPT

    def previous(self):
        """Return the version that was saved before this one, or None."""
        same_moment = models.Q(history_date=self.history_date, history_id__lt=self.history_id)
        older = models.Q(history_date__lt=self.history_date) | same_moment
        saved = type(self).objects.filter(id=self.id).exclude(history_type=KEPT)
        return saved.filter(older).first()


def revisions(excluded_fields):
    """Return the history of a model, as its attribute `revisions`.

    It goes with what it is the history of: nothing outlasts the trash.
    """
    return HistoricalRecords(
        verbose_name="履歴",
        bases=[Revision],
        custom_model_name=lambda name: f"{name}Revision",
        excluded_fields=excluded_fields,
        cascade_delete_history=True,
    )
