import datetime
import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from homepage.fields import LineField

from ..rendering import MOST_CHARACTERS
from ..tags.fields import TagNamesField

PREVIEW_LINK_LASTS = datetime.timedelta(days=7)


class WorkingCopyManager(models.Manager):
    def write(self, post, user, token=None, **text):
        """Write the text at the desk of a post, and return it.

        The text is a title, a body, a category, tag_names and a published_at.
        """
        copy = getattr(post, "working_copy", None) or self.model(post=post)
        for name, value in text.items():
            setattr(copy, name, value)
        copy.token = token or secrets.token_hex(8)
        copy.saved_at, copy.saved_by = timezone.now(), user
        copy.save()
        return copy


class WorkingCopy(models.Model):
    """What is written at the desk and not saved by a button yet; citizens never see it."""

    post = models.OneToOneField("blog.Post", models.CASCADE, related_name="working_copy")
    title = LineField("題名", max_length=120, blank=True)
    body = models.TextField("本文", max_length=MOST_CHARACTERS, blank=True)
    category = models.ForeignKey(
        "blog.Category", models.SET_NULL, related_name="+", null=True, blank=True
    )
    tag_names = TagNamesField("タグ", blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # The desk's own name of its last save: whoever has not seen that one overwrites nothing.
    token = models.CharField(max_length=40)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )

    objects = WorkingCopyManager()

    def __str__(self):
        return f"編集中の文章({self.post})"


def preview_token():
    return secrets.token_urlsafe(32)


def preview_expiry():
    return timezone.now() + PREVIEW_LINK_LASTS


class PreviewLinkQuerySet(models.QuerySet):
    def unexpired(self):
        """Return the links that can be used now."""
        return self.filter(expires_at__gt=timezone.now())

    def expired(self):
        """Return the links whose time is over."""
        return self.filter(expires_at__lte=timezone.now())


class PreviewLink(models.Model):
    """An address under which somebody without an account sees a report as it is being written."""

    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="preview_links")
    token = models.CharField(max_length=43, unique=True, default=preview_token)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    expires_at = models.DateTimeField(default=preview_expiry)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"プレビューのリンク({self.post})"

    def get_absolute_url(self):
        return reverse("blog:preview", args=[self.token])


class PublishRequestQuerySet(models.QuerySet):
    def open(self):
        """Return the requests that nobody has answered yet, the oldest first."""
        waiting = self.filter(returned_at=None, post__trashed_at=None)
        return waiting.order_by("requested_at", "pk")

    def hand_in(self, post, user):
        """Ask for a post to be published, for the first time or once more."""
        asked = {"requested_by": user, "requested_at": timezone.now()}
        answered = {"returned_by": None, "returned_at": None, "note": ""}
        self.update_or_create(post=post, defaults=asked | answered)


class PublishRequest(models.Model):
    """Somebody who may not publish asks for it. Publishing ends it; or it is returned with a note."""

    post = models.OneToOneField("blog.Post", models.CASCADE, related_name="publish_request")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    requested_at = models.DateTimeField()
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    returned_at = models.DateTimeField(null=True)
    note = models.TextField("直してほしいこと", max_length=1000)

    objects = PublishRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "公開の依頼"
        # Who may write and who may publish decides.
        default_permissions = ()

    def __str__(self):
        return f"公開の依頼({self.post})"

    @property
    def is_open(self):
        return self.returned_at is None
