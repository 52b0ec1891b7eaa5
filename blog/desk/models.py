import datetime
import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from homepage.fields import LineField

from ..rendering import MOST_CHARACTERS

PREVIEW_LINK_LASTS = datetime.timedelta(days=7)


class WorkingCopyManager(models.Manager):
    def write(self, post, user, token=None, **text):
        """Write the text at the desk of a post, and return it.

        The text is a title, a body, a category and a published_at.
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
