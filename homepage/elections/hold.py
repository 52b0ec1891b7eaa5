"""The hold of polling day: here every public change is let pass, refused, or written into the log.

公職選挙法 (Public Offices Election Act) art. 129 and 142-3. It is no wall: what the law does not forbid,
such as a notice of a disaster, an override lets pass, with a reason for the log.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from simple_history.models import HistoricalRecords

from homepage.log.models import Action, LogEntry, record, subject_of

from .rules import Held

_override = ContextVar("override", default=None)


def check(thing):
    """Let a public change of a thing, or of a model's rows, pass. Raises Held while a hold lasts.

    An override that is open lets it pass all the same, as an entry of the log in its transaction.
    """
    election = apps.get_model("homepage.Election").objects.holding()
    if election is None or not _is_read(thing):
        return
    if override := _override.get():
        override.record(thing)
    else:
        raise Held(election, thing)


def _is_read(thing):
    """Return whether citizens read a thing before or after its change; of rows, some of them."""
    return isinstance(thing, type) or any(each.is_read_now() for each in thing.before_and_after())


@contextmanager
def override(reason):
    """Let public changes within pass a hold; the log says for what reason. Raises ValueError without one."""
    if not reason.strip():
        raise ValueError("An override needs a reason.")
    token = _override.set(Override(reason))
    try:
        yield
    finally:
        _override.reset(token)


class Override:
    """An open override: one entry of the log, which names the first thing that it lets pass."""

    def __init__(self, reason):
        self.reason, self.entry = reason, None

    def record(self, thing):
        # The one before may have been rolled back with its change.
        if (
            self.entry is None
            or not LogEntry.objects.filter(number=self.entry.number, seal=self.entry.seal).exists()
        ):
            self.entry = record(
                Action.OVERRIDDEN, f"{self.reason}: {what(thing)}", request_of_now()
            )


def record_refusal(held):
    """Write into the log, once, what was refused and to whom: after its transaction was rolled back."""
    if not held.is_recorded:
        record(Action.HELD, what(held.thing), request_of_now())
        held.is_recorded = True


def what(thing):
    """Return how the log names what was to be changed: one thing, which may be new, or a model's rows."""
    if isinstance(thing, type):
        return f"{thing._meta.verbose_name_plural}(まとめて)"
    return subject_of(thing) if thing.pk else f"「{thing}」({thing._meta.verbose_name})"


def request_of_now():
    """Return the request that is being answered, which the history knows too, or None on the server."""
    return getattr(HistoricalRecords.context, "request", None)
