from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import models
from django.shortcuts import redirect
from django.urls import reverse

from blog.history.admin import RevisionsAdmin
from blog.markdown_admin import MarkdownAdmin
from blog.photos.intake import take_in_portrait
from blog.photos.models import remove_files

from . import pickers
from .accent import light_accent
from .elections.admin import ElectionAdmin  # noqa: F401  (registers itself)
from .elections.rules import Held
from .log.admin import LogEntryAdmin  # noqa: F401  (registers itself)
from .log.models import Action, record, subject_of
from .models import Link, Page, Profile
from .trash_admin import TrashAdmin

admin.site.site_title = "サイト管理"
admin.site.index_title = "サイト管理"


class ProfileForm(forms.ModelForm):
    class Meta:
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}

    def clean_portrait(self):
        portrait = self.cleaned_data["portrait"]
        if "portrait" in self.changed_data:
            taken_in = take_in_portrait(portrait) if portrait else ("", "")
            portrait, self.instance.portrait_avif = taken_in
        return portrait


class LinkInline(admin.StackedInline):
    model = Link
    extra = 0
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Profile)
class ProfileAdmin(MarkdownAdmin):
    form = ProfileForm
    formfield_overrides = {models.DateField: pickers.DAY}
    inlines = [LinkInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "family_name",
                    "given_name",
                    "family_name_reading",
                    "given_name_reading",
                ]
            },
        ),
        ("肩書", {"fields": ["office", "term_ends_on", "municipality", "party"]}),
        ("連絡先", {"fields": ["email", "telephone", "office_address"]}),
        ("トップページ", {"fields": ["catchphrase", "portrait", "biography"]}),
        ("サイト", {"fields": ["address", "accent"]}),
    ]

    def changelist_view(self, request, extra_context=None):
        """Go straight to the one profile there is."""
        profile = Profile.objects.current()
        if profile is None:
            return redirect("admin:homepage_profile_add")
        return redirect("admin:homepage_profile_change", profile.pk)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and Profile.objects.current() is None

    def has_delete_permission(self, request, obj=None):
        return False

    def construct_change_message(self, request, form, formsets, add=False):
        """Return what the framework notes; the log says which answers are others now."""
        names = [form.fields[name].label for name in form.changed_data if name in form.fields]
        names += [each.model._meta.verbose_name for each in formsets if each.has_changed()]
        if names:
            record(Action.SETTINGS, f"サイト管理者: {'・'.join(names)}", request)
        return super().construct_change_message(request, form, formsets, add)

    def save_model(self, request, profile, form, change):
        before = Profile.objects.current()
        super().save_model(request, profile, form, change)
        if before and "portrait" in form.changed_data:
            remove_files(filter(None, [before.portrait.name, before.portrait_avif.name]))
        shown = f"#{light_accent(profile.accent.lstrip('#')).ink}"
        if "accent" in form.changed_data and shown != profile.accent.lower():
            self.message_user(
                request,
                f"サイトの色 {profile.accent} は文字に使うと読みにくいため、{shown} に濃くして表示します。",
            )


@admin.register(Page)
class PageAdmin(TrashAdmin, RevisionsAdmin, MarkdownAdmin):
    fields = ["title", "slug", "body", "in_menu", "order", "is_published"]
    list_display = ["title", "order"]
    list_editable = ["order"]
    bring_back_help = "この版の題名と本文に入れ替えて、すぐに保存します。"
    brought_back = "題名と本文を、{}の版に戻しました。"

    def save_model(self, request, page, form, change):
        was_published = Page.objects.published().filter(pk=page.pk).exists()
        super().save_model(request, page, form, change)
        if page.is_published:
            update = "の更新" if was_published else ""
            record(Action.PUBLISHED, f"{subject_of(page)}{update}", request)
        elif was_published:
            record(Action.WITHDRAWN, f"{subject_of(page)}を非公開に", request)

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except Held as held:
            page = self.get_object(request, unquote(object_id)) if object_id else None
            if page:
                page.keep_revision(request.POST["title"], request.POST["body"], request.user)
                held.kept_at = reverse("admin:homepage_page_history", args=[page.pk])
            raise

    def bring_back(self, request, page, revision):
        super().bring_back(request, page, revision)
        if page.is_published:
            record(Action.PUBLISHED, f"{subject_of(page)}の更新", request)

    def state_then(self, revision):
        if not revision.was_saved:
            return "保存していない"
        return "公開" if revision.is_published else "非公開"

    def when_restored(self, page):
        if page.is_published:
            return f"戻すと、すぐに {page.get_absolute_url()} に出ます。"
        return "戻しても、公開されません。"

    def view_on_site(self, page):
        return page.get_absolute_url() if page.is_published else None
