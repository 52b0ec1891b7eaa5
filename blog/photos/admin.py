"""The library of photos, and the two addresses that the photo button of a text talks to."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import modelform_factory
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.views.decorators.cache import never_cache

from homepage import pickers
from homepage.accounts.roles import PUBLISH
from homepage.log.models import Action, record, subject_of
from homepage.trash_admin import TrashAdmin

from . import library
from .models import NotStored, Photo

SIGN_IN = "写真を登録できるアカウントでログインしなおしてください。本文はそのままです。"
ONLY_EDITORS = (
    "公開中のページに載っている写真と、ほかの人が登録した写真は、編集者だけが変えられます。"
)
ASK_EDITOR = (
    "この写真は「{}」としてごみ箱にあります。もとに戻せるのは、編集者だけです。"
    "編集者に頼むか、ほかの写真をお選びください。"
)
PhotoAltForm = modelform_factory(Photo, fields=["alt"])


class PhotoForm(forms.ModelForm):
    image = forms.FileField(
        label="写真のファイル", widget=forms.ClearableFileInput(attrs={"accept": "image/*"})
    )
    done = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            image = self.fields["image"]
            image.required = False
            image.label = "差し替える写真"
            image.help_text = "選ぶと、この写真を載せたすべてのページで入れ替わります。"

    def clean(self):
        cleaned = super().clean()
        image = cleaned.get("image")
        if image and not self.errors:
            try:
                if self.instance.pk:
                    self.done = library.replace(self.instance, image)
                else:
                    words = {
                        name: Photo._meta.get_field(name).to_python(value)
                        for name, value in cleaned.items()
                        if name != "image"
                    }
                    photo, self.done, is_new = self.add(image, **words)
                    if not is_new:
                        # Its words are not written over.
                        is_back = library.RESTORED in self.done
                        sentence = library.IS_BACK if is_back else library.ALREADY
                        raise ValidationError(sentence.format(photo))
                    self.instance = photo
            except (ValidationError, NotStored) as error:
                self.add_error(
                    "image", error.messages if hasattr(error, "messages") else str(error)
                )
        return cleaned


class UseFilter(admin.SimpleListFilter):
    title = "状態"
    parameter_name = "use"

    def lookups(self, request, model_admin):
        return [("unused", "使われていない"), ("undescribed", "説明がない")]

    def queryset(self, request, photos):
        if self.value() == "unused":
            return photos.exclude(pk__in=list(library.uses()))
        if self.value() == "undescribed":
            return photos.filter(alt="")
        return photos


@admin.register(Photo)
class PhotoAdmin(TrashAdmin):
    form = PhotoForm
    fields = [
        *("picture", "image", "alt", "caption", "credit", "taken_on", "consent"),
        *("shown_by", "uploaded_at", "uploaded_by"),
    ]
    readonly_fields = ["picture", "shown_by", "uploaded_at", "uploaded_by"]
    list_display = ["picture", "words"]
    list_display_links = ["picture", "words"]
    list_filter = [UseFilter]
    list_per_page = 50
    formfield_overrides = {
        models.DateField: pickers.DAY,
    }
    search_fields = ["alt", "caption", "credit", "consent"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("renditions")

    def get_form(self, request, *args, **kwargs):
        form = super().get_form(request, *args, **kwargs)
        restore = partial(self.restore_known, request)
        form.add = staticmethod(partial(library.add, user=request.user, restore=restore))
        return form

    def has_change_permission(self, request, photo=None):
        """Return whether somebody may change it: where it is shown, that changes the page."""
        if not super().has_change_permission(request, photo):
            return False
        if photo is None or request.user.has_perm(PUBLISH):
            return True
        return photo.uploaded_by_id == request.user.pk and not library.is_public(photo)

    def restore_known(self, request, photo):
        """Take a photo out of the trash, as the same file is sent once more."""
        if not self.has_delete_permission(request, photo):
            raise ValidationError(ASK_EDITOR.format(photo))
        with transaction.atomic():
            self.restore_from_trash(request, photo)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may_change_some = self.has_change_permission(request)
        if obj and may_change_some and not self.has_change_permission(request, obj):
            self.message_user(request, ONLY_EDITORS, messages.INFO)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_fields(self, request, photo=None):
        fields = super().get_fields(request, photo)
        return fields if photo else [each for each in fields if each not in self.readonly_fields]

    @admin.display(description="写真")
    def picture(self, photo):
        smallest = photo.smallest
        return smallest and format_html(
            '<img class="photo-thumbnail" src="{}" width="{}" height="{}" alt="{}">',
            smallest.get_absolute_url(),
            smallest.width,
            smallest.height,
            photo.alt,
        )

    @admin.display(description="写真の説明")
    def words(self, photo):
        return photo.alt or "説明がまだありません"

    @admin.display(description="載っているところ")
    def shown_by(self, photo):
        places = library.uses().get(photo.pk, [])
        return (
            format_html_join(
                "、",
                '<a href="{}">{}</a>{}',
                ((_change_url(each), each, _where(each)) for each in places),
            )
            or "まだどこにも載っていません。"
        )

    def when_restored(self, photo):
        return "戻すと、載せていたページに、すぐにまた出ます。"

    def save_model(self, request, photo, form, change):
        # A new one is in the library with its words already.
        if change:
            super().save_model(request, photo, form, change)
        if change and "image" in form.changed_data:
            record(Action.PUBLISHED, f"{subject_of(photo)}の差し替え", request)
        if form.done:
            self.message_user(request, f"{'・'.join(form.done)}。")

    def get_urls(self):
        return [
            # Not through admin_view(), whose answer to strangers is a page to sign in.
            path("upload/", self.upload_view, name="blog_photo_upload"),
            path("<int:number>/describe/", self.describe_view, name="blog_photo_describe"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def upload_view(self, request):
        """Take in the picture in `image`: answer what to write for it, and what was done to it."""
        if not (self.admin_site.has_permission(request) and self.has_add_permission(request)):
            return _refusal(403, SIGN_IN)
        if "image" not in request.FILES:
            return _refusal(400, "写真が届きませんでした。もう一度お試しください。")
        try:
            restore = partial(self.restore_known, request)
            photo, done, _ = library.add(request.FILES["image"], request.user, restore)
        except ValidationError as error:
            return _refusal(422, "".join(error.messages))
        except NotStored as error:
            return _refusal(507, str(error))
        largest = photo.renditions.filter(format="jpeg").latest("width")
        return JsonResponse(for_desk(photo) | {"done": done, "size": largest.size})

    @method_decorator(never_cache)
    def describe_view(self, request, number):
        """Keep the description in `alt`, and answer it."""
        if not (self.admin_site.has_permission(request) and self.has_change_permission(request)):
            return _refusal(403, SIGN_IN)
        photo = Photo.objects.kept().filter(pk=number).first()
        if photo is None:
            return _refusal(404, "この写真は取り下げられています。")
        if not self.has_change_permission(request, photo):
            return _refusal(403, ONLY_EDITORS)
        form = PhotoAltForm(request.POST, instance=photo)
        if request.method != "POST" or not form.is_valid():
            return _refusal(422, "写真の説明は200字までにしてください。")
        form.save()
        return JsonResponse({"alt": photo.alt})


def for_desk(photo):
    """Return what the desk shows of a photo beside the text."""
    return {
        "number": photo.pk,
        "image_code": photo.image_code,
        "alt": photo.alt,
        "thumbnail": photo.smallest.get_absolute_url() if photo.smallest else "",
        "describe_url": reverse("admin:blog_photo_describe", args=[photo.pk]),
    }


def _refusal(status, message):
    return JsonResponse({"message": message}, status=status)


def _where(each):
    return "(ごみ箱)" if getattr(each, "trashed_at", None) else ""


def _change_url(each):
    return reverse(f"admin:{each._meta.app_label}_{each._meta.model_name}_change", args=[each.pk])
