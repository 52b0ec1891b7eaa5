import unicodedata
from pathlib import Path

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.forms import Script
from django.utils import timezone
from django.utils.html import format_html

from homepage.accounts.roles import PUBLISH
from homepage.elections.rules import Phase
from homepage.eras import day_in_words, moment_in_words
from homepage.log.models import Action, record, subject_of
from homepage.log.recording import RecordedAdmin
from homepage.models import CautionWord, Election, Profile
from homepage.trash_admin import TrashAdmin

from .attachments import take_in_pdf
from .desk.admin import DeskAdmin
from .desk.content import at_desk, local
from .desk.forms import DeskForm
from .desk.look import LookAdmin
from .desk.preview import as_written
from .desk.publish_requests import KEPT_AS_DRAFT, PublishRequestAdmin, PublishRequestFilter
from .history.admin import RevisionsAdmin
from .history.corrections import CorrectionForm
from .history.withdrawal import WithdrawalForm
from .models import Attachment, Category, Correction, Post, shorten
from .photos.admin import PhotoAdmin  # noqa: F401  (registers itself)
from .photos.library import undescribed_in
from .proofreading import proofread
from .tags.admin import TagAdmin  # noqa: F401  (registers itself)
from .tags.fields import TagNamesField
from .tags.widgets import TagNamesWidget

LOOK_AGAIN = (
    "公開の前に、次の点をご確認ください。直すところがなければ、もう一度ボタンを押すと公開されます。"
)
CHOOSE_AGAIN = "添付するPDFは、もう一度お選びください。"
NO_DATE = "待機している報告の公開日時は、空欄にできません。"
KEPT_WAITING = "保存しました。待機のままで、いまは誰にも見えません。"
TERM_IS_OVER = (
    "役職「{}」の任期は、{}に終わっています。「サイト管理者」の役職と任期をご確認ください。"
)
PUT_OFF = "公開日時が先になっています。そのときまで、読む人はこの報告を読めません。"
ON_POLLING_DAY = (
    "この日時は「{}」の投票日です。投票日の更新は、選挙運動とみなされることがあるため"
    "(公職選挙法129条、142条の3)、この日時には公開できません。"
)
IN_TRASH = (
    "ごみ箱にある報告も、この分野です。もとに戻して分野を変えるか、ごみ箱から完全に削除すると、"
    "分野を削除できます。"
)

HIDDEN = ["seen_remarks", "base", "desk"]


class DateTimeLocalInput(forms.DateTimeInput):
    """The phone's own picker of a day and a time, with the polling days to come beside it."""

    input_type = "datetime-local"
    template_name = "admin/blog/post/schedule_widget.html"

    class Media:
        js = [Script("js/schedule.js", defer=True)]

    def get_context(self, name, value, attrs=None):
        """Return the context with the polling days to come, which the picker itself cannot mark."""
        context = super().get_context(name, value, attrs)
        elections = Election.objects.to_come(timezone.now())
        context["widget"]["attrs"]["data-holds"] = " ".join(
            "/".join(map(local, election.hold)) for election in elections
        )
        context["elections"] = elections
        return context

    def format_value(self, value):
        return local(value) if hasattr(value, "isoformat") else value


class PostForm(CorrectionForm, DeskForm):
    # The remarks that the writer has seen: each is made once, and none forbids to publish.
    seen_remarks = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Nobody chooses to wait: a polling day does.
        if "status" in self.fields and self.instance.status != Post.Status.WAITING:
            self.fields["status"].choices = [
                each for each in self.fields["status"].choices if each[0] != Post.Status.WAITING
            ]

    def clean(self):
        cleaned = super().clean()
        if self.instance.status == Post.Status.WAITING:
            self._clean_waiting(cleaned)
        if cleaned.get("status") == Post.Status.PUBLISHED:
            self._refuse_polling_day(cleaned.get("published_at"))
        # Both questions at once: whoever has answered one is not stopped by the other.
        if cleaned.get("status") == Post.Status.PUBLISHED and self.is_otherwise_valid:
            body, published_at = cleaned["body"], cleaned["published_at"] or timezone.now()
            remarks = remarks_on(cleaned["title"], body, published_at)
            if self.initial.get("status") == Post.Status.PUBLISHED:
                # What citizens read already was looked at when it was published.
                known = remarks_on(
                    *(self.initial[name] for name in ("title", "body", "published_at"))
                )
                remarks = [each for each in remarks if each not in known]
            if self.saved and self.saved.is_public and published_at > timezone.now():
                remarks.append(PUT_OFF)
            if remarks and cleaned["seen_remarks"] != "".join(remarks):
                self.data = self.data.copy()
                self.data[self.add_prefix("seen_remarks")] = "".join(remarks)
                # A browser forgets which file was chosen.
                choose = [CHOOSE_AGAIN] if self.files else []
                self.add_error("body", [LOOK_AGAIN, *remarks, *choose])
        return cleaned

    def _clean_waiting(self, cleaned):
        """Publish what waited as of now: not as of the polling day, on which nobody published it."""
        was_due_at, moment = self.initial["published_at"], cleaned.get("published_at")
        if cleaned.get("status") == Post.Status.PUBLISHED:
            if was_due_at <= timezone.now() and local(moment) == local(was_due_at):
                cleaned["published_at"] = None
        elif not moment:
            self.add_error("published_at", NO_DATE)

    def _refuse_polling_day(self, moment):
        if moment and moment > timezone.now():
            for election in Election.objects.in_phase(Phase.POLLING_DAY, moment):
                self.add_error("published_at", ON_POLLING_DAY.format(election))


class AttachmentForm(forms.ModelForm):
    # Not the model's field, whose limit is for our names and not for those on a phone.
    file = forms.FileField(
        label="PDF",
        widget=AdminFileWidget({"accept": "application/pdf"}),
        help_text="30MBまで。",
    )

    def clean_title(self):
        """Return the title; where none is written, the name of the file, or the title it had."""
        if title := self.cleaned_data["title"]:
            return title
        upload = self.files.get(self.add_prefix("file"))
        if upload is None:
            return self.instance.title
        # A Mac writes the name with が in two characters.
        name = unicodedata.normalize("NFC", Path(upload.name).stem)
        title = Attachment._meta.get_field("title")
        return title.to_python(name)[: title.max_length]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" in self.changed_data:
            file, self.instance.pages = take_in_pdf(file)
            self.instance.size = file.size
        return file


class AttachmentInline(admin.StackedInline):
    model = Attachment
    form = AttachmentForm
    fields = ["title", "file", "extent"]
    readonly_fields = ["extent"]
    extra = 0

    @admin.display(description="大きさ")
    def extent(self, attachment):
        return attachment.extent if attachment.pk else "-"


@admin.register(Post)
class PostAdmin(TrashAdmin, RevisionsAdmin, LookAdmin, PublishRequestAdmin, DeskAdmin):
    form = PostForm
    trash_form = WithdrawalForm
    fields = ["body", "title", "category", "tag_names", "published_at", "status", *HIDDEN]
    inlines = [AttachmentInline]
    radio_fields = {"status": admin.HORIZONTAL}
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": DateTimeLocalInput,
        },
        TagNamesField: {"widget": TagNamesWidget},
    }
    list_display = ["name", "state"]
    ordering = [models.F("published_at").desc(nulls_first=True), "-pk"]
    list_filter = ["status", PublishRequestFilter, "category"]
    list_per_page = 50
    search_fields = [
        *("title", "body", "tag_names"),
        *(f"working_copy__{name}" for name in ("title", "body", "tag_names")),
    ]
    bring_back_help = (
        "この版の文章が編集画面に戻ります。そこで保存するまで、読む人のページは変わりません。"
    )
    brought_back = (
        "{}の版の文章を、編集画面に戻しました。保存するまで、読む人のページは変わりません。"
    )

    @admin.display(description="活動報告")
    def name(self, post):
        return post.short_name if at_desk(post) is post else as_written(post).short_name

    @admin.display(description="状態", ordering="published_at")
    def state(self, post):
        return state_of(post)

    def save_model(self, request, post, form, change):
        super().save_model(request, post, form, change)
        if request.user.has_perm(PUBLISH):
            form.save_correction()
            was_published = form.saved and form.saved.status == Post.Status.PUBLISHED
            if done := what_citizens_see(post, was_published):
                record(*done, request)
            self.message_user(request, what_happened(post))

    def get_inlines(self, request, post):
        """Return none where files that are added are public at once, and somebody may not publish."""
        is_published = post and post.status != Post.Status.DRAFT
        return [] if is_published and not request.user.has_perm(PUBLISH) else self.inlines

    def changeform_view(self, request, *args, **kwargs):
        request.new_attachments = []
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Exception:
            # The rows are rolled back, which files are not.
            for attachment in request.new_attachments:
                default_storage.delete(attachment.file.name)
            raise

    def save_formset(self, request, form, formset, change):
        new = [each.instance for each in formset.forms if "file" in each.changed_data]
        request.new_attachments += new
        # From then on nothing can take them back.
        transaction.on_commit(request.new_attachments.clear)
        super().save_formset(request, form, formset, change)

    def state_then(self, revision):
        if not revision.was_saved:
            return "編集中"
        if revision.status != Post.Status.PUBLISHED:
            return revision.get_status_display()
        return "公開" if revision.published_at <= revision.history_date else "予約"

    def when_restored(self, post):
        if post.status != Post.Status.PUBLISHED:
            return f"{post.get_status_display()}に戻ります。"
        if post.published_at <= timezone.now():
            return "戻すと、すぐに公開されます。"
        return f"予約に戻り、{moment_in_words(post.published_at)}に公開されます。"

    def view_on_site(self, post):
        return post.get_absolute_url() if post.is_public else None


@admin.register(Category)
class CategoryAdmin(RecordedAdmin):
    list_display = ["name", "order"]
    list_editable = ["order"]

    def get_deleted_objects(self, categories, request):
        *others, protected = super().get_deleted_objects(categories, request)
        if Post.objects.trashed().filter(category__in=categories).exists():
            protected.append(IN_TRASH)
        return *others, protected


@admin.register(Correction)
class CorrectionAdmin(RecordedAdmin):
    """Where a slip in a sentence is put right, and what was no correction is taken back."""

    fields = ["sentence", "post", "corrected_at"]
    readonly_fields = ["post", "corrected_at"]
    list_display = ["sentence", "post"]
    ordering = ["-corrected_at", "-pk"]
    list_per_page = 50

    def get_queryset(self, request):
        corrections = super().get_queryset(request).filter(post__trashed_at=None)
        texts = ["body", "body_html", "body_text"]
        return corrections.select_related("post").defer(
            "before", "after", *(f"post__{text}" for text in texts)
        )

    def has_add_permission(self, request):
        # They come with a change of a report.
        return False


def remarks_on(title, body, published_at):
    """Return what is worth a second look in a report before it is published."""
    profile = Profile.objects.current()
    contacts = [profile.email, profile.telephone] if profile else []
    moment = timezone.localtime(published_at)
    is_scheduled = moment > timezone.now()
    remarks = []
    if profile and profile.term_ends_on and profile.term_ends_on < moment.date():
        remarks.append(TERM_IS_OVER.format(profile.office, day_in_words(profile.term_ends_on)))
    return [
        *remarks,
        *proofread(body, moment, is_scheduled, contacts, undescribed_in(body)),
        *CautionWord.objects.remarks(f"{title}\n{body}", moment),
    ]


def state_of(post):
    """Return in a few words whether citizens can read the post, and since or from when."""
    state = "公開" if post.is_public else "予約" if post.is_scheduled else post.get_status_display()
    state = f"{state} {moment_in_words(post.published_at)}" if post.published_at else state
    if post.status == Post.Status.PUBLISHED and at_desk(post) is not post:
        state += "・書きかけの変更あり"
    if asked := getattr(post, "publish_request", None):
        is_open = asked.is_open
        state += "・公開の依頼あり" if is_open else f"・差し戻し({shorten(asked.note, 60)})"
    return state


def what_citizens_see(post, was_published):
    """Return what the log says of a post that was saved: an action and its subject; or None."""
    if post.status == Post.Status.PUBLISHED:
        how = "の更新" if was_published else ""
        if post.is_scheduled:
            how = f"の予約 {moment_in_words(post.published_at)}"
        return Action.PUBLISHED, f"{subject_of(post)}{how}"
    if was_published:
        return Action.WITHDRAWN, f"{subject_of(post)}を下書きに"
    return None


def what_happened(post):
    """Return the sentence that tells the writer what saving led to."""
    if post.is_public:
        return format_html('公開しています。<a href="{}">ページを見る</a>', post.get_absolute_url())
    if post.is_scheduled:
        return f"予約しました。{moment_in_words(post.published_at)}に公開されます。"
    return KEPT_WAITING if post.status == Post.Status.WAITING else KEPT_AS_DRAFT
