"""The trash in the admin: what is deleted goes there, and from there it comes back or goes for good."""

from contextlib import suppress

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from .log.models import Action, record, subject_of
from .trash import KEPT_FOR, trashable_models

PER_PAGE = 50
TRASHING = (
    f"サイトからすぐに消えます。ごみ箱で{KEPT_FOR.days}日間待ち、そのあいだは、もとに戻せます。"
    "そのあと、完全に削除されます。"
)
DELETING = "サーバーからすべて消え、もう戻せません。"
TRASHED = '{}をごみ箱に入れました。{}日間は<a href="{}">ごみ箱</a>から戻せます。'
LIES_THERE = "「{}」は、ごみ箱に入っています。見たり直したりするには、もとに戻してください。"
NOT_THERE = "ごみ箱にありません。もう戻されたか、完全に削除されています。"


class TrashForm(forms.Form):
    """Asks whether things shall go into the trash; of some kinds there is more to ask."""

    def __init__(self, things, data=None):
        super().__init__(data, label_suffix="")

    def trash(self, thing):
        """Put it there, and return what the log calls that."""
        thing.trash()
        return Action.TRASHED


class TrashAdmin(admin.ModelAdmin):
    """An admin whose things are put into the trash where others are deleted."""

    actions = ["delete_selected"]
    change_list_template = "admin/change_list_with_trash.html"
    trash_form = TrashForm

    def when_restored(self, thing):
        """Return the sentence that tells what restoring leads to."""
        raise NotImplementedError

    def get_urls(self):
        views = [
            ("restore", self.restore_from_trash_view, "restore"),
            ("delete-for-good", self.delete_for_good_view, "delete_for_good"),
        ]
        return [
            path(f"<int:number>/{name}/", self.admin_site.admin_view(view), name=self._name(of))
            for name, view, of in views
        ] + super().get_urls()

    def get_queryset(self, request):
        return super().get_queryset(request).kept()

    def delete_view(self, request, object_id, extra_context=None):
        with transaction.atomic():
            thing = self.get_object(request, unquote(object_id))
            if not self.has_delete_permission(request, thing):
                raise PermissionDenied
            if thing is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return self._trash(request, [thing]) or self._redirect_to_list(request)

    @admin.action(permissions=["delete"], description="選んだ%(verbose_name_plural)sを削除")
    def delete_selected(self, request, things):
        """In place of the admin's own action of this name."""
        return self._trash(request, things)

    def _trash(self, request, things):
        """Put the things into the trash where that is confirmed, or else return the page that asks."""
        form = self.trash_form(things, request.POST if "post" in request.POST else None)
        if not form.is_valid():
            return self._confirmation(request, things, "削除", TRASHING, "ごみ箱に入れる", form)
        with transaction.atomic():
            self.log_deletions(request, things)
            for thing in things:
                record(form.trash(thing), subject_of(thing), request)
        what = f"「{things[0]}」" if len(things) == 1 else f"{len(things)}件"
        trash = reverse("trash")
        self.message_user(request, format_html(TRASHED, what, KEPT_FOR.days, trash))
        return None

    @method_decorator([require_POST, transaction.atomic])
    def restore_from_trash_view(self, request, number):
        """Take a thing out of the trash: whoever may put it there may do so."""
        thing = self._in_trash(number)
        if not self.has_delete_permission(request, thing):
            raise PermissionDenied
        if thing is None:
            return self._not_in_trash(request)
        self.restore_from_trash(request, thing)
        address = reverse(f"admin:{self._name('change')}", args=[number])
        self.message_user(
            request, format_html('「<a href="{}">{}</a>」をもとに戻しました。', address, thing)
        )
        return redirect("trash")

    def restore_from_trash(self, request, thing):
        thing.restore()
        self.log_change(request, thing, "ごみ箱から戻しました。")
        record(Action.RESTORED, subject_of(thing), request)

    @method_decorator(transaction.atomic)
    def delete_for_good_view(self, request, number):
        """Delete a thing in the trash without waiting, after asking."""
        thing = self._in_trash(number)
        if not self.has_delete_permission(request, thing):
            raise PermissionDenied
        if thing is None:
            return self._not_in_trash(request)
        if request.method != "POST":
            return self._confirmation(request, [thing], "完全に削除", DELETING, "完全に削除する")
        name = str(thing)
        self.log_deletions(request, [thing])
        record(Action.DELETED, subject_of(thing), request)
        thing.delete()
        self.message_user(request, f"「{name}」を完全に削除しました。")
        return redirect("trash")

    def _in_trash(self, number):
        return self.model.objects.trashed().select_for_update().filter(pk=number).first()

    def _not_in_trash(self, request):
        self.message_user(request, NOT_THERE, messages.WARNING)
        return redirect("trash")

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Say of what lies in the trash that it does."""
        thing = None
        with suppress(ValueError):
            if opts == self.opts:
                thing = self.model.objects.trashed().filter(pk=unquote(object_id)).first()
        if thing is None or not self.has_view_permission(request, thing):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        self.message_user(request, LIES_THERE.format(thing), messages.WARNING)
        return redirect("trash")

    def _confirmation(self, request, things, title, sentence, button, form=None):
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "things": things,
            "sentence": sentence,
            "button": button,
            "form": form,
            "action": request.POST.get("action"),
        }
        return render(request, "admin/trash_confirmation.html", context)

    def _redirect_to_list(self, request):
        if not self.has_view_or_change_permission(request):
            return redirect("admin:index")
        return redirect(f"admin:{self._name('changelist')}")

    def _name(self, view):
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"


@require_safe
def trash_view(request):
    """What lies in the trash and may be seen by who asks, the newest first."""
    admins = [admin.site.get_model_admin(model) for model in trashable_models()]
    lying = [
        (trashed_at, each, number)
        for each in admins
        if each.has_view_permission(request)
        for number, trashed_at in each.model.objects.trashed().values_list("pk", "trashed_at")
    ]
    paginator = Paginator(sorted(lying, key=lambda row: row[0], reverse=True), PER_PAGE)
    page = paginator.get_page(request.GET.get(PAGE_VAR))
    context = admin.site.each_context(request) | {
        "title": "ごみ箱",
        "days": KEPT_FOR.days,
        "rows": _rows(request, page.object_list),
        "page": page,
        "page_numbers": paginator.get_elided_page_range(page.number),
        "page_var": PAGE_VAR,
    }
    return render(request, "admin/trash.html", context)


def _rows(request, lying):
    """Return what the list says of each thing, without a question to the database for each."""
    things = {
        each: each.model.objects.in_bulk([number for _, of, number in lying if of is each])
        for each in {each for _, each, _ in lying}
    }
    deleted = LogEntry.objects.filter(
        action_flag=DELETION, object_id__in=[str(number) for _, _, number in lying]
    )
    who = {
        (entry.content_type_id, entry.object_id): entry.user.name
        for entry in deleted.select_related("user").order_by("action_time")
    }
    return [
        {
            "thing": thing,
            "kind": each.opts.verbose_name,
            "who": who.get((ContentType.objects.get_for_model(each.model).pk, str(number))),
            "when_restored": each.when_restored(thing),
            "restore_url": each.has_delete_permission(request, thing)
            and reverse(f"admin:{each._name('restore')}", args=[number]),
            "delete_url": each.has_delete_permission(request, thing)
            and reverse(f"admin:{each._name('delete_for_good')}", args=[number]),
        }
        for _, each, number in lying
        if (thing := things[each].get(number))
    ]
