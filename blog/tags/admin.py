"""The tags in the admin: renamed, merged and deleted there, and made at the reports."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.decorators import method_decorator

from homepage.log.models import Action, record, subject_of
from homepage.log.recording import RecordedAdmin

from .models import Tag, TagChanged
from .names import check_line, key_of, names_in

ONE_NAME = "名前を一つだけ書いてください。「、」は使えません。"
IS_THERE = (
    "「{}」というタグは、もうあります。一つにするときは「ほかのタグにまとめる」を使ってください。"
)
IS_FORMER = "「{}」は、タグ「{}」の以前の名前です。"
DELETING = (
    "{}件の報告から、このタグが外れます(下書きも数えています)。このタグと以前の名前のアドレスを"
    "開くと、「このページは見つかりません」と出るようになります。もう戻せません。"
)
MERGING = (
    "{}件の報告のタグが、まとめる先のタグに替わります(下書きも数えています)。"
    "「{}」のアドレスを開いた人は、まとめる先のページに移ります。"
)
MERGED = "「{}」を「{}」にまとめました。"
CHANGED = "このタグは、ほかの画面で変更されました。もう一度お試しください。"


class TagForm(forms.ModelForm):
    class Meta:
        help_texts = {"name": "すべての報告で、このタグの名前が変わります。"}

    def clean_name(self):
        names = names_in(self.cleaned_data["name"])
        if len(names) != 1:
            raise forms.ValidationError(ONE_NAME)
        [name] = names
        check_line(name)
        others = Tag.objects.filter(key=key_of(name)).exclude(pk=self.instance.pk)
        if other := others.exclude(merged_into=self.instance).first():
            today = other.merged_into
            raise forms.ValidationError(
                IS_FORMER.format(name, today) if today else IS_THERE.format(other)
            )
        return name


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(label="まとめる先のタグ", queryset=None)

    def __init__(self, tag, data=None):
        super().__init__(data, label_suffix="")
        self.fields["into"].queryset = Tag.objects.by_use().exclude(pk=tag.pk)


class FormerNameInline(admin.TabularInline):
    """The former names, of which one can be given free again."""

    model = Tag
    fk_name = "merged_into"
    verbose_name_plural = "以前の名前(書くと、このタグになります)"
    fields = readonly_fields = ["name"]
    extra = 0
    view_on_site = False

    def has_add_permission(self, request, tag=None):
        return False


@admin.register(Tag)
class TagAdmin(RecordedAdmin):
    form = TagForm
    fields = ["name"]
    inlines = [FormerNameInline]
    list_display = ["name", "reports", "former_names"]
    list_per_page = 100
    search_fields = ["name", "former__name"]
    # Each is asked about with what it leads to.
    actions = None
    delete_confirmation_template = "admin/trash_confirmation.html"

    @admin.display(description="報告", ordering="uses")
    def reports(self, tag):
        return f"{tag.uses}件"

    @admin.display(description="以前の名前", empty_value="")
    def former_names(self, tag):
        return "、".join(former.name for former in tag.former.all())

    def get_queryset(self, request):
        return Tag.objects.by_use().prefetch_related("former")

    def get_ordering(self, request):
        return ["-uses", "name"]

    def get_urls(self):
        merge = self.admin_site.admin_view(self.merge_view)
        return [path("<int:number>/merge/", merge, name="blog_tag_merge"), *super().get_urls()]

    def has_add_permission(self, request):
        return False

    def view_on_site(self, tag):
        return tag.get_absolute_url() if tag.posts.published().exists() else None

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, TagChanged, Tag.DoesNotExist):
            return self._changed_meanwhile(request)

    def save_model(self, request, tag, form, change):
        before = Tag.objects.get(pk=tag.pk)
        if before.name != tag.name:
            subject = subject_of(before)
            before.rename(tag.name)
            record(Action.PUBLISHED, f"{subject}を「{tag.name}」に", request)

    def save_formset(self, request, form, formset, change):
        former = [str(each.instance) for each in formset.deleted_forms]
        super().save_formset(request, form, formset, change)
        for name in former:
            subject = f"{subject_of(form.instance)}の以前の名前「{name}」"
            record(Action.DELETED, subject, request)

    def delete_view(self, request, object_id, extra_context=None):
        tag = self.get_object(request, unquote(object_id))
        question = tag and self._question(tag, "削除", DELETING.format(tag.uses), "削除する")
        return super().delete_view(request, object_id, question)

    @method_decorator(transaction.atomic)
    def merge_view(self, request, number):
        """Make a tag a former name of another, after asking of which."""
        tag = self.get_object(request, number)
        if not self.has_change_permission(request, tag):
            raise PermissionDenied
        if tag is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(number))
        form = MergeForm(tag, request.POST if "post" in request.POST else None)
        if not form.is_valid():
            sentence = MERGING.format(tag.uses, tag)
            question = self._question(tag, "ほかのタグにまとめる", sentence, "まとめる", form)
            context = self.admin_site.each_context(request) | question
            return render(request, self.delete_confirmation_template, context)
        other = form.cleaned_data["into"]
        try:
            tag.merge_into(other)
        except TagChanged:
            return self._changed_meanwhile(request)
        record(Action.PUBLISHED, f"{subject_of(tag)}を{subject_of(other)}に", request)
        self.message_user(request, MERGED.format(tag, other))
        return redirect("admin:blog_tag_changelist")

    def _changed_meanwhile(self, request):
        self.message_user(request, CHANGED, messages.WARNING)
        return redirect("admin:blog_tag_changelist")

    def _question(self, tag, title, sentence, button, form=None):
        return {
            "title": title,
            "opts": self.opts,
            "things": [tag],
            "sentence": sentence,
            "button": button,
            "form": form or forms.Form(),
        }
