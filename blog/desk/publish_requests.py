"""The way from who writes to who publishes: handing in, taking back, and returning with a note."""

from itertools import chain

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Textarea, modelform_factory
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from homepage.accounts.roles import PUBLISH
from homepage.log.models import Action, record, subject_of

from ..history.admin import changes_beside_the_text
from ..history.comparison import compare, only_changes
from ..models import Post, PublishRequest
from .content import at_desk, plain_lines

# The name of the button.
HAND_IN = "_request"
HANDED_IN = "公開を依頼しました。公開されるまで、読む人のページは変わりません。"
KEPT_BESIDE = "文章を保存しました。公開されるまで、読む人のページは変わりません。"
KEPT_AS_DRAFT = "下書きとして保存しました。いまは誰にも見えません。"
NO_CHANGES = "公開した文章と違うところがないため、公開を依頼していません。"
NO_FILES = "公開した報告のPDFは、編集者だけが変えられます。PDFは保存していません。"
TAKEN_BACK = "公開の依頼を取り下げました。文章はそのままです。"
RETURNED = "「{}」を差し戻しました。直してほしいことは、編集画面と一覧に出ます。"
IS_OVER = "公開の依頼は、もうありません。"

NoteForm = modelform_factory(
    PublishRequest,
    fields=["note"],
    widgets={"note": Textarea({"rows": 3})},
    error_messages={"note": {"required": "差し戻すときは、直してほしいことを書いてください。"}},
)


class PublishRequestFilter(admin.SimpleListFilter):
    title = "公開の依頼"
    parameter_name = "request"

    def lookups(self, request, model_admin):
        return [("open", "公開の依頼あり"), ("returned", "差し戻し")]

    def queryset(self, request, posts):
        if self.value() not in ("open", "returned"):
            return posts
        return posts.filter(
            publish_request__isnull=False,
            publish_request__returned_at__isnull=self.value() == "open",
        )


class PublishRequestAdmin(admin.ModelAdmin):
    """An admin of posts that those who may not publish hand in to those who may."""

    def get_urls(self):
        see = self.admin_site.admin_view
        return [
            path("<int:number>/take-back/", see(self.take_back_view), name="blog_post_take_back"),
            path("<int:number>/return/", see(self.return_view), name="blog_post_return"),
            *super().get_urls(),
        ]

    def save_model(self, request, post, form, change):
        super().save_model(request, post, form, change)
        is_published = post.status != Post.Status.DRAFT
        if request.user.has_perm(PUBLISH):
            if post.status == Post.Status.PUBLISHED:
                PublishRequest.objects.filter(post=post).delete()
            return
        if HAND_IN in request.POST:
            self._hand_in(request, Post.objects.get(pk=post.pk))
        else:
            self.message_user(request, KEPT_BESIDE if is_published else KEPT_AS_DRAFT)
        if is_published and request.FILES:
            self.message_user(request, NO_FILES, messages.WARNING)

    def _hand_in(self, request, post):
        if post.status != Post.Status.DRAFT and at_desk(post) is post:
            self.message_user(request, NO_CHANGES, messages.WARNING)
            return
        PublishRequest.objects.hand_in(post, request.user)
        record(Action.REQUESTED, subject_of(post), request)
        self.message_user(request, HANDED_IN)

    @method_decorator([require_POST, transaction.atomic])
    def take_back_view(self, request, number):
        """Delete a request that nobody has answered."""
        if asked := self._request_for(request, number):
            asked.delete()
            self.message_user(request, TAKEN_BACK)
        return redirect("admin:blog_post_change", number)

    @method_decorator([require_POST, transaction.atomic])
    def return_view(self, request, number):
        """Give a request back, with a note of what is to be changed first."""
        if not request.user.has_perm(PUBLISH):
            raise PermissionDenied
        asked = self._request_for(request, number)
        form = NoteForm({"note": plain_lines(request.POST.get("note", ""))}, instance=asked)
        if asked is None or not form.is_valid():
            for sentence in chain(*form.errors.values()) if asked else ():
                self.message_user(request, sentence, messages.ERROR)
            return redirect("admin:blog_post_change", number)
        asked.returned_by, asked.returned_at = request.user, timezone.now()
        form.save()
        record(Action.RETURNED, subject_of(asked.post), request)
        self.message_user(request, RETURNED.format(asked.post))
        return redirect("admin:blog_post_changelist")

    def _request_for(self, request, number):
        """Return the open request for a post, which is locked; where there is none, say so."""
        post = get_object_or_404(Post.objects.kept().select_for_update(), pk=number)
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        asked = PublishRequest.objects.open().filter(post=post).first()
        if asked is None:
            self.message_user(request, IS_OVER, messages.WARNING)
        return asked

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        # Not the post of a form, which may hold what was not saved.
        requests = PublishRequest.objects.filter(post=obj) if obj else PublishRequest.objects.none()
        people = requests.select_related("post__working_copy", "requested_by", "returned_by")
        if asked := people.first():
            context |= {"asked": asked, "note": NoteForm()["note"]} | changes_of(asked)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def changes_of(asked):
    """Return what citizens would read other than now; of a draft they read nothing yet."""
    post = asked.post
    if post.status == Post.Status.DRAFT or not asked.is_open:
        return {}
    text = at_desk(post)
    return {
        "changes": changes_beside_the_text(post, text, Post.revisions.model.tracked_fields),
        "lines": only_changes(compare(post.body, text.body)),
    }
