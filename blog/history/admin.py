"""The history of a text in the admin: its versions, what each changed, and the way back to one."""

import datetime

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models.functions import Length
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from homepage.eras import moment_in_words

from ..desk.content import at_desk
from ..models import Category
from ..photos.models import NAMED, Photo
from .comparison import compare, only_changes

PER_PAGE = 50
NO_CATEGORY = "この版の分野は、いまはないため戻りません。"
NO_PHOTOS = "この版には、いまはない写真があります: {}。"
IN_TRASH = "(ごみ箱にあります)"


class RevisionsAdmin(admin.ModelAdmin):
    """An admin of a text with revisions, whose model knows how to `bring_back` one of them."""

    # What is said before it is done, and after it, with the moment of the version.
    bring_back_help = brought_back = None

    def state_then(self, revision):
        """Return in a word whether citizens could read it when the version was saved."""
        raise NotImplementedError

    def get_urls(self):
        see, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        address = "<path:object_id>/history/<int:number>/"
        return [
            path(address, see(self.revision_view), name=f"{name}_revision"),
            path(f"{address}restore/", see(self.restore_view), name=f"{name}_bring_back"),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        """The versions, the newest first, without their texts."""
        subject = self._subject(request, object_id)
        if subject is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        revisions = subject.revisions.annotate(length=Length("body")).defer("body")
        paginator = Paginator(revisions.select_related("history_user"), PER_PAGE)
        page = paginator.get_page(request.GET.get(PAGE_VAR))
        for revision in page.object_list:
            revision.state = self.state_then(revision)
        context = {
            "title": "履歴",
            "page": page,
            "page_numbers": paginator.get_elided_page_range(page.number),
            "page_var": PAGE_VAR,
        }
        return self._page(request, "admin/revisions.html", subject, context)

    def revision_view(self, request, object_id, number):
        """A version: what it changed, or what has changed since, and its whole text."""
        subject, revision = self._subject_and_revision(request, object_id, number)
        if revision is None:
            return self._no_revision(request, subject, object_id, number)
        with_now = request.GET.get("with") == "now"
        previous = revision.previous()
        before, after = (revision, at_desk(subject)) if with_now else (previous, revision)
        context = {
            "title": f"{revision.moment}の版",
            "revision": revision,
            "state": self.state_then(revision),
            "previous": previous,
            "with_now": with_now,
            "can_compare": before is not None,
            "changes": before and changes_beside_the_text(before, after, before.tracked_fields),
            "lines": before and only_changes(compare(before.body, after.body)),
            "losses": losses(revision),
            "bring_back_help": self.bring_back_help,
            "has_change_permission": self.has_change_permission(request, subject),
        }
        return self._page(request, "admin/revision.html", subject, context)

    @method_decorator([require_POST, transaction.atomic])
    def restore_view(self, request, object_id, number):
        """Bring a version back, and say what could not come with it."""
        subject, revision = self._subject_and_revision(request, object_id, number)
        if revision is None:
            return self._no_revision(request, subject, object_id, number)
        if not self.has_change_permission(request, subject):
            raise PermissionDenied
        self.bring_back(request, subject, revision)
        self.message_user(request, self.brought_back.format(revision.moment))
        for sentence in losses(revision):
            self.message_user(request, sentence, messages.WARNING)
        return redirect(self._url("change", subject.pk))

    def bring_back(self, request, subject, revision):
        subject.bring_back(revision, request.user)

    def _subject(self, request, object_id):
        """Return what the history is of, or None; only somebody who may see it gets so far."""
        subject = self.get_object(request, unquote(object_id))
        if subject and not self.has_view_or_change_permission(request, subject):
            raise PermissionDenied
        return subject

    def _subject_and_revision(self, request, object_id, number):
        subject = self._subject(request, object_id)
        revisions = subject and subject.revisions.select_related("history_user")
        return subject, revisions and revisions.filter(pk=number).first()

    def _no_revision(self, request, subject, object_id, number):
        if subject is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        opts = self.model.revisions.model._meta
        return self._get_obj_does_not_exist_redirect(request, opts, str(number))

    def _page(self, request, template, subject, context):
        context |= self.admin_site.each_context(request) | {
            "subtitle": str(subject),
            "opts": self.opts,
            "subject": subject,
            "change_url": self._url("change", subject.pk),
            "history_url": self._url("history", subject.pk),
        }
        return TemplateResponse(request, template, context)

    def _url(self, name, *args):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)


def changes_beside_the_text(before, after, fields):
    """Return a sentence for each field but the text that is another in the second version."""
    changes = []
    for field in fields:
        # A working copy has the text, but not what the buttons decide.
        if field.name in ("id", "body") or not hasattr(after, field.attname):
            continue
        old, new = (in_words(field, getattr(each, field.attname)) for each in (before, after))
        if old != new:
            changes.append(f"{field.verbose_name}: {old}から{new}へ")
    return changes


def in_words(field, value):
    """Return the value of a field as the history says it."""
    if value is None or value == "":
        return "なし"
    if field.remote_field:
        name = field.related_model.objects.filter(pk=value).first()
        return f"「{name}」" if name else f"なくなった{field.verbose_name}"
    if isinstance(value, datetime.datetime):
        return moment_in_words(value)
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return f"「{dict(field.flatchoices).get(value, value)}」"


def losses(revision):
    """Return a sentence for each thing of a version that is not there any more."""
    sentences = []
    if absent := absent_photos(revision.body):
        sentences.append(NO_PHOTOS.format("、".join(absent)))
    category = getattr(revision, "category_id", None)
    if category and not Category.objects.filter(pk=category).exists():
        sentences.append(NO_CATEGORY)
    return sentences


def absent_photos(source):
    """Return the names of the photos that a text shows and citizens would not see."""
    numbers = [int(number) for number in dict.fromkeys(NAMED.findall(source))]
    photos = Photo.objects.in_bulk(numbers)
    names = []
    for number in numbers:
        photo = photos.get(number)
        if photo is None:
            names.append(f"写真{number}")
        elif photo.trashed_at:
            words = f"「{photo.alt}」" if photo.alt else ""
            names.append(f"写真{number}{words}{IN_TRASH}")
    return names
