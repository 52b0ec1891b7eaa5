from django.contrib import admin
from django.db import transaction

from .models import Action, record, subject_of


class RecordedAdmin(admin.ModelAdmin):
    """An admin of things that citizens read as soon as they are saved: the log has each change."""

    recorded_as = Action.PUBLISHED

    def save_model(self, request, thing, form, change):
        super().save_model(request, thing, form, change)
        update = "の更新" if change else ""
        record(self.recorded_as, f"{subject_of(thing)}{update}", request)

    # The log after the edition, whose locks are always taken in this order.

    def delete_model(self, request, thing):
        subject = subject_of(thing)
        super().delete_model(request, thing)
        record(Action.DELETED, subject, request)

    @transaction.atomic
    def delete_queryset(self, request, things):
        subjects = [subject_of(thing) for thing in things]
        super().delete_queryset(request, things)
        for subject in subjects:
            record(Action.DELETED, subject, request)
