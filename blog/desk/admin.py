"""The desk's side of the admin: autosave, signing in again beside it, and giving a text up."""

import json
import secrets
import zlib
from contextlib import suppress
from itertools import chain
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from homepage.accounts.roles import PUBLISH
from homepage.elections.rules import Held

from ..markdown_admin import MarkdownAdmin
from ..models import Post, PublishRequest, WorkingCopy
from .content import FIELDS, at_desk, base_of, content_of, plain_lines
from .forms import AutosaveForm, keep_both, overwrites

# The longest text, at three bytes a character, and as much again.
MOST_BYTES = 2_000_000
SIGN_IN = "ログインが切れています。"
NOT_YOURS = "このアカウントでは、この報告を書き換えられません。"
GONE = "この報告は、削除されたか、ごみ箱に入っています。"
UNREADABLE = "文章を正しく受け取れませんでした。"
TOO_LONG = "文章が長すぎます。"
GIVEN_UP = "取り消した文章"
IN_TRASH = "この報告は、ごみ箱に入っています。"
KEPT_AT_DESK = f"{IN_TRASH}文章は残してあります。もとに戻すと、続きから編集できます。"
KEPT_IN_HISTORY = f"{IN_TRASH}文章は履歴に残してあります。もとに戻すと、履歴から取り出せます。"
NOT_KEPT = f"{IN_TRASH}文章は残せませんでした。前の画面に戻ると、写し取れます。{{}}"
CHOOSE_FILES_AGAIN = "ファイルは、もう一度お選びください。"


class Refused(Exception):
    """Says to a desk why its text was not saved."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class DeskAdmin(MarkdownAdmin):
    """An admin of posts, whose texts are saved while they are being written."""

    def get_urls(self):
        see = self.admin_site.admin_view
        return [
            # Not through admin_view(), whose answer to strangers is a page to sign in.
            path("autosave/", self.autosave_view, name="blog_post_autosave"),
            path("token/", self.token_view, name="blog_post_token"),
            path("signed-in/", see(self.signed_in_view), name="blog_post_signed_in"),
            path("<int:number>/discard/", see(self.discard_view), name="blog_post_discard"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("working_copy__category", "publish_request")
        )

    def get_form(self, request, *args, **kwargs):
        form = super().get_form(request, *args, **kwargs)
        form.user = request.user
        return form

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        """Save a form as the report that it is of: autosave may have begun it meanwhile.

        If it was put into the trash meanwhile, the text waits there with it; on a polling day, at
        the desk.
        """
        if request.method != "POST":
            return super().changeform_view(request, object_id, *args, **kwargs)
        try:
            with transaction.atomic():
                post = self._sent_for(request, object_id)
                if post and post.trashed_at:
                    return self._keep_in_trash(request, post)
                object_id = str(post.pk) if post else object_id
                return super().changeform_view(request, object_id, *args, **kwargs)
        except Held as held:
            held.kept_at = self._keep_at_desk(request, object_id)
            raise

    def _sent_for(self, request, object_id):
        """Return the post that a form is of, locked, or None."""
        posts = Post.objects.select_related("working_copy").select_for_update(of=["self"])
        with suppress(ValueError):
            if object_id is not None:
                return posts.filter(pk=unquote(object_id)).first()
            # A report in the trash is not begun again.
            return posts.kept().filter(desk_key=UUID(request.POST.get("desk", ""))).first()
        return None

    def _keep_in_trash(self, request, post):
        """Keep the text of a form, and say where it is."""
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        form = _text_of(request, post)
        if not form.is_valid():
            sentence = NOT_KEPT.format("".join(chain(*form.errors.values())))
        elif overwrites(post, form.instance, form.cleaned_data["seen"]):
            keep_both(post, form.instance, request.user)
            sentence = KEPT_IN_HISTORY
        else:
            _write(post, form.cleaned_data, request.user)
            sentence = KEPT_AT_DESK
        if request.FILES:
            sentence += CHOOSE_FILES_AGAIN
        messages.warning(request, sentence)
        return redirect("trash")

    @transaction.atomic
    def _keep_at_desk(self, request, object_id):
        """Keep the text of a form that was right and yet not saved; return where, or None."""
        post = self._sent_for(request, object_id)
        if post is None:
            desk = request.POST.get("desk")
            # The report that this desk began may lie in the trash.
            is_free = desk and not Post.objects.filter(desk_key=desk).exists()
            post = self._begin(request, {"desk": desk if is_free else uuid4()})
        form = _text_of(request, post)
        if not form.is_valid():
            return None
        _write(post, form.cleaned_data, request.user)
        return reverse("admin:blog_post_change", args=[post.pk])

    def get_fields(self, request, post=None):
        fields = super().get_fields(request, post)
        if request.user.has_perm(PUBLISH):
            return fields
        return [field for field in fields if field != "status"]

    def save_model(self, request, post, form, change):
        """Save the post; of one that somebody has published, only the working copy by a drafter."""
        if post.status != Post.Status.DRAFT and not request.user.has_perm(PUBLISH):
            _write(form.saved, form.cleaned_data, request.user)
            return
        key = form.cleaned_data["desk"]
        # In the trash there may be the report that this desk began.
        if not change and not Post.objects.filter(desk_key=key).exists():
            post.desk_key = key
        super().save_model(request, post, form, change)
        WorkingCopy.objects.filter(post=post).delete()

    @method_decorator([never_cache, require_POST])
    def autosave_view(self, request):
        """Write a text to the working copy of its post, and answer its name.

        A report that is just begun becomes a draft. Nothing changes that citizens read.
        """
        try:
            if not self.admin_site.has_permission(request):
                raise Refused(403, SIGN_IN)
            form = AutosaveForm(unpack(request))
            if not form.is_valid():
                raise Refused(422, "".join(chain(*form.errors.values())))
            with transaction.atomic():
                post = self._post_of(request, form.cleaned_data)
                if overwrites(post, form.instance, form.cleaned_data["seen"]):
                    return _conflict(post, form.instance, request.user)
                return _receipt(post, _write(post, form.cleaned_data, request.user))
        except Refused as refusal:
            return JsonResponse({"message": str(refusal)}, status=refusal.status)

    def _post_of(self, request, sent):
        """Return the post that a text belongs to, locked; a draft without a text where it is new."""
        posts = Post.objects.select_related("working_copy").select_for_update(of=["self"])
        if sent["post"]:
            post = posts.filter(pk=sent["post"]).first()
        else:
            post = posts.filter(desk_key=sent["desk"]).first() or self._begin(request, sent)
        if post is None or post.trashed_at:
            raise Refused(410, GONE)
        if not self.has_change_permission(request, post):
            raise Refused(403, NOT_YOURS)
        return post

    def _begin(self, request, sent):
        if not self.has_add_permission(request):
            raise Refused(403, NOT_YOURS)
        post = Post(desk_key=sent["desk"])
        try:
            with transaction.atomic():
                # The history begins with what a button saves.
                post.save_without_historical_record()
        except IntegrityError:
            # Sent twice at once, and the other was first.
            post = Post.objects.get(desk_key=sent["desk"])
        return post

    @method_decorator(never_cache)
    def token_view(self, request):
        """Answer the token of forms, which is a new one after signing in again."""
        if not self.admin_site.has_permission(request):
            return JsonResponse({"message": SIGN_IN}, status=403)
        return JsonResponse({"token": get_token(request)})

    def signed_in_view(self, request):
        """Say that whoever has signed in again can go back to the desk."""
        context = self.admin_site.each_context(request) | {"title": "ログインしました"}
        return render(request, "admin/blog/post/signed_in.html", context)

    @method_decorator(require_POST)
    def discard_view(self, request, number):
        """Give up the working copy, which the history keeps, and show the post as it was saved."""
        with transaction.atomic():
            post = get_object_or_404(Post.objects.kept().select_for_update(), pk=number)
            if not self.has_change_permission(request, post):
                raise PermissionDenied
            if copy := getattr(post, "working_copy", None):
                post.keep_revision(copy, copy.saved_by, GIVEN_UP)
                copy.delete()
                if post.status != Post.Status.DRAFT:
                    # There is nothing left to publish.
                    PublishRequest.objects.filter(post=post).delete()
        messages.success(request, "書きかけの文章を取り消しました。履歴から、もとに戻せます。")
        return redirect("admin:blog_post_change", number)


def unpack(request):
    """Return the fields of a text that a desk has sent as JSON, packed or not. Raises Refused."""
    content = request.body
    try:
        if request.content_type == "application/gzip":
            content = zlib.decompressobj(wbits=31).decompress(content, MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Refused(413, TOO_LONG)
        sent = json.loads(content)
        # Half a character, as a browser may cut an emoji, cannot be stored.
        return {
            name: value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            for name, value in sent.items()
        }
    except (zlib.error, ValueError, AttributeError, RecursionError) as error:
        raise Refused(400, UNREADABLE) from error


def _text_of(request, post):
    """Return the form of a working copy, with the text that a form of a post has sent."""
    sent = {name: plain_lines(request.POST.get(name, "")) for name in FIELDS}
    sent |= {"post": post.pk, "token": secrets.token_hex(8)}
    return AutosaveForm(sent | {"seen": request.POST.get("base", "")})


def _write(post, sent, user):
    """Write what a form has sent to the working copy of its post; return what is at the desk then."""
    written = {name: sent[name] for name in FIELDS}
    text, present = WorkingCopy(**written), at_desk(post)
    if content_of(text) == content_of(post):
        # Typed back to what is saved.
        WorkingCopy.objects.filter(post=post).delete()
        return post
    if content_of(text) != content_of(present):
        present = WorkingCopy.objects.write(post, user, sent.get("token"), **written)
    return present


def _receipt(post, present):
    return JsonResponse(
        {
            "post": post.pk,
            "url": reverse("admin:blog_post_change", args=[post.pk]),
            "discard_url": reverse("admin:blog_post_discard", args=[post.pk]),
            "look_url": reverse("admin:blog_post_look", args=[post.pk]),
            "base": base_of(present),
            "saved": f"{timezone.localtime():%H:%M}",
        }
    )


def _conflict(post, text, user):
    keep_both(post, text, user)
    present = at_desk(post)
    return JsonResponse(
        {
            "message": f"{_elsewhere(post)}どちらの文章も履歴に残っています。",
            "theirs": content_of(present),
            "base": base_of(present),
        },
        status=409,
    )


def _elsewhere(post):
    """Return the sentence that says when, and by whom, the text at the desk of a post was written."""
    if copy := getattr(post, "working_copy", None):
        who, when = copy.saved_by, copy.saved_at
    elif revision := post.revisions.first():
        who, when = revision.history_user, revision.history_date
    else:
        return "別の画面で書き換えられています。"
    moment = formats.date_format(timezone.localtime(when), "n月j日 H:i")
    return f"{moment}に、別の画面で書き換えられています{f'({who.name})' if who else ''}。"
