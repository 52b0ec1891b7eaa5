import contextlib
import re
import secrets

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from homepage.edition import change
from homepage.fields import LineField
from homepage.models import Page, Profile
from homepage.trash import TrashableModel, TrashableQuerySet

# How a text names the photos that it shows.
NAMED = re.compile(r"photo-([1-9][0-9]{0,8})\b")


class NotStored(Exception):
    """Says why a picture could not be stored; nothing of it is left."""


class PhotoQuerySet(TrashableQuerySet):
    def delete(self):
        """Delete each photo with its files."""
        with change():
            for photo in self:
                photo.delete()

    delete.alters_data = True
    delete.queryset_only = True


class Photo(TrashableModel):
    """A picture taken in: in the text of a report it stands as ![](photo-12)."""

    alt = LineField(
        "写真の説明",
        max_length=200,
        blank=True,
        help_text="写真が見えない人に、何が写っているかを伝えます。",
    )
    caption = LineField("写真の下の文", max_length=200, blank=True)
    credit = LineField("撮影者・提供者", max_length=80, blank=True, help_text="写真の下に出ます。")
    taken_on = models.DateField("撮影日", null=True, blank=True)
    consent = models.TextField(
        "掲載の同意",
        max_length=2000,
        blank=True,
        help_text="誰から、いつ、どのように同意を得たか。ページには出ません。",
    )
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name="登録した人",
        related_name="photos",
        null=True,
        editable=False,
    )
    uploaded_at = models.DateTimeField("登録日時", default=timezone.now, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "写真"
        verbose_name_plural = "写真"
        ordering = ["-pk"]

    def __str__(self):
        return self.alt or f"写真{self.pk}"

    def delete(self, *args, **kwargs):
        files = [rendition.file.name for rendition in self.renditions.all()]
        with change():
            deleted = super().delete(*args, **kwargs)
            remove_files(files)
        return deleted

    def concerns_readers(self):
        """Return whether a page may show it already, and it is not in the trash."""
        return not self._state.adding and super().concerns_readers()

    def is_read_now(self):
        """Return whether a page shows it that citizens read already."""
        return self.concerns_readers() and self.is_shown(
            apps.get_model("blog.Post").objects.published()
        )

    def is_shown(self, posts):
        """Return whether some of the posts show it, or another page that citizens read."""
        texts = [
            (posts, "body"),
            (Page.objects.published(), "body"),
            (Profile.objects, "biography"),
        ]
        return any(
            self.pk in map(int, NAMED.findall(text))
            for things, field in texts
            for text in things.filter(**{f"{field}__contains": f"photo-{self.pk}"}).values_list(
                field, flat=True
            )
        )

    @property
    def smallest(self):
        """Its smallest JPEG."""
        jpegs = [each for each in self.renditions.all() if each.format == Rendition.Format.JPEG]
        return jpegs[0] if jpegs else None

    @property
    def image_code(self):
        """What stands for the photo in a text."""
        return f"![](photo-{self.pk})"


class Rendition(models.Model):
    """One size of a photo in one format."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        JPEG = "jpeg", "JPEG"

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format.choices)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    file = models.FileField(max_length=100)

    class Meta:
        ordering = ["photo", "format", "width"]
        constraints = [
            models.UniqueConstraint(fields=["photo", "format", "width"], name="one_of_each_size"),
        ]

    def __str__(self):
        return self.file.name

    def get_absolute_url(self):
        return reverse("media", args=[self.file.name])


def write_renditions(photo, sizes):
    """Store the sizes of a taken-in picture as the photo's own, all of them or none.

    Names are never used again, so that browsers may keep what they have. Raises NotStored.
    """
    token = secrets.token_hex(8)
    written = []
    try:
        with transaction.atomic():
            for each in sizes:
                extension = "jpg" if each.format == "jpeg" else each.format
                name = f"photos/{photo.pk}-{token}-{each.width}.{extension}"
                # Before it is written: a disk that fills up leaves half of it.
                written.append(name)
                default_storage.save(name, ContentFile(each.content))
                photo.renditions.create(
                    format=each.format,
                    width=each.width,
                    height=each.height,
                    size=len(each.content),
                    file=name,
                )
    except Exception as error:
        # A disk that is full, a storage that is away: each says so in its own way.
        for name in written:
            # Where that fails too, check_photos finds what is left.
            with contextlib.suppress(Exception):
                default_storage.delete(name)
        raise NotStored(
            "サーバーに写真を保存できませんでした。空き容量をご確認のうえ、もう一度お試しください。"
        ) from error


def remove_files(names):
    """Delete the files once the transaction that gave them up has been kept."""
    for name in names:
        # Robust: what is saved stays saved, though a file is left over.
        transaction.on_commit(lambda name=name: default_storage.delete(name), robust=True)
