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

    def delete_model(self, request, thing):
        record(Action.DELETED, subject_of(thing), request)
        super().delete_model(request, thing)

    @transaction.atomic
    def delete_queryset(self, request, things):
        for thing in things:
            record(Action.DELETED, subject_of(thing), request)
        super().delete_queryset(request, things)
