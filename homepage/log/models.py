"""What was done on this site, by whom and from where: entries that nobody can rewrite unseen."""

import datetime
import ipaddress
import json

from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

# Names of people and reports outlast them; longer ones are cut.
MOST_CHARACTERS = 200
ADDRESSES_KEPT_FOR = datetime.timedelta(days=30)


class Action(models.TextChoices):
    SIGNED_IN = "signed-in", "ログイン"
    REFUSED = "refused", "ログインの失敗"
    ACCOUNT = "account", "ログインの設定"
    ROLE = "role", "役割"
    PUBLISHED = "published", "公開"
    WITHDRAWN = "withdrawn", "取り下げ"
    REQUESTED = "requested", "公開の依頼"
    RETURNED = "returned", "差し戻し"
    TRASHED = "trashed", "ごみ箱へ"
    RESTORED = "restored", "もとに戻す"
    DELETED = "deleted", "完全に削除"
    SETTINGS = "settings", "サイトの設定"
    EXPORTED = "exported", "書き出し"
    HELD = "held", "投票日のため停止"
    OVERRIDDEN = "overridden", "投票日の更新"
    SERVED = "served", "配信"


class CannotBeChanged(Exception):
    """Raised where code would change or remove an entry."""


class LogQuerySet(models.QuerySet):
    def refuse(self, *args, **kwargs):
        """Raise CannotBeChanged."""
        raise CannotBeChanged

    refuse.queryset_only = True
    update = delete = bulk_create = bulk_update = refuse


class LogEntry(models.Model):
    """Something that was done. Written by `record()` alone."""

    number = models.BigIntegerField("番号", primary_key=True)
    at = models.DateTimeField("日時")
    action = models.CharField("したこと", max_length=20, choices=Action.choices)
    # In words, since accounts and reports go and the log stays.
    user = models.CharField("した人", max_length=MOST_CHARACTERS)
    subject = models.CharField("対象", max_length=MOST_CHARACTERS)
    network = models.CharField("アドレス", max_length=50)
    device = models.CharField("端末", max_length=MOST_CHARACTERS)
    seal = models.CharField("印", max_length=64)

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = "記録"
        verbose_name_plural = "記録"
        ordering = ["-number"]
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.number}: {self.get_action_display()} {self.subject}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise CannotBeChanged
        super().save(*args, force_insert=True)

    def delete(self, *args, **kwargs):
        raise CannotBeChanged

    def sealed_after(self, seal_before):
        """Return the seal of what it says and of the entry before it, which only this site can make."""
        words = (self.action, self.user, self.subject, self.network, self.device)
        content = json.dumps([self.number, self.at.isoformat(), *words, seal_before])
        return _seal(content)


class FullAddress(models.Model):
    """The whole address of an entry, beside the log: it is removed after 30 days."""

    entry = models.OneToOneField(
        LogEntry, models.DO_NOTHING, primary_key=True, related_name="full_address"
    )
    address = models.GenericIPAddressField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.address


class LogHead(models.Model):
    """The number and seal of the last entry, sealed in turn: who cuts the log's end is found out."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, default="")
    seal_of_head = models.CharField(max_length=64, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="the_log_has_one_head"),
        ]

    def __str__(self):
        return f"{self.number}:{self.seal}"

    def sealed(self):
        """Return the seal that belongs to it."""
        return _seal(json.dumps([self.number, self.seal]))


def record(action, subject="", request=None, user=None):
    """Add an entry, as part of the transaction that does what it tells.

    `request` says who and from where; without one it was somebody on the server, or `user`.
    """
    who = user or (request and getattr(request, "user", None))
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    with transaction.atomic():
        # The lock lets two at once be written one after the other.
        head, _ = LogHead.objects.select_for_update().get_or_create(pk=1)
        entry = LogEntry(
            number=head.number + 1,
            at=timezone.now(),
            action=action,
            user=_cut(name_of(who) if who else "サーバー" if request is None else ""),
            subject=_cut(str(subject)),
            network=network_of(address),
            device=_cut(request.META.get("HTTP_USER_AGENT", "") if request else ""),
        )
        entry.seal = entry.sealed_after(head.seal)
        entry.save()
        if entry.network:
            FullAddress.objects.create(entry=entry, address=address)
        head.number, head.seal = entry.number, entry.seal
        head.seal_of_head = head.sealed()
        head.save()
        # With each entry, so that it needs no timer.
        remove_old_addresses()
    return entry


def subject_of(thing):
    """Return how the log names a thing, which may be gone later: 「夏の報告」(活動報告12)."""
    return f"「{thing}」({thing._meta.verbose_name}{thing.pk})"


def name_of(user):
    """Return how the log names somebody: the name, and what he signs in with."""
    if not user.is_authenticated:
        return ""
    name, username = user.name, user.get_username()
    return name if name == username else f"{name}({username})"


def network_of(address):
    """Return the network of an address, which names no single line: /24, or /48 for IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


def remove_old_addresses():
    """Remove the whole addresses that are older than 30 days; of each the network stays."""
    FullAddress.objects.filter(entry__at__lt=timezone.now() - ADDRESSES_KEPT_FOR).delete()


def _seal(content):
    return salted_hmac("homepage.log", content, algorithm="sha256").hexdigest()


def _cut(text):
    # PostgreSQL takes no NUL, and a line of a log is one line.
    return " ".join(text.replace("\0", "").split())[:MOST_CHARACTERS]
