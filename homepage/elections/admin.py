from django import forms
from django.contrib import admin, messages
from django.db import models
from django.utils import timezone

from homepage import pickers
from homepage.eras import moment_in_words
from homepage.log.models import Action
from homepage.log.recording import RecordedAdmin

from .models import CautionWord, Election

NO_ADVICE = (
    "選挙の60日前から、すべきことがサイト管理の最初のページに出ます。"
    "これは法律上の助言ではありません。最終的な判断は、所管の選挙管理委員会にご確認ください。"
)
PUT_OFF = "「{}」は、投票日の{}に公開される予約でした。待機にしたので、自動では公開されません。"


class ElectionForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if "_accept" in self.data:
            cleaned["accepted_at"] = timezone.now()
        return cleaned


@admin.register(Election)
class ElectionAdmin(RecordedAdmin):
    recorded_as = Action.SETTINGS
    form = ElectionForm
    formfield_overrides = {
        models.DateField: pickers.DAY,
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        },
    }
    change_form_template = "admin/homepage/election/change_form.html"
    list_display = ["name", "days", "phase"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "whose", "announced_on", "polling_on", "is_confirmed"],
                "description": NO_ADVICE,
            },
        ),
        ("届出と投票日", {"fields": ["accepted_at", "ends_at"]}),
    ]

    def save_model(self, request, election, form, change):
        super().save_model(request, election, form, change)
        for post in election.put_off:
            moment = moment_in_words(post.published_at)
            self.message_user(request, PUT_OFF.format(post, moment), messages.WARNING)

    @admin.display(description="日程")
    def days(self, election):
        return election.days

    @admin.display(description="いま")
    def phase(self, election):
        return election.phase


@admin.register(CautionWord)
class CautionWordAdmin(RecordedAdmin):
    recorded_as = Action.SETTINGS
    list_display = ["word", "kind"]
