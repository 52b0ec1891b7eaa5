import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AbstractUser, Group
from django.core import signing
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from .roles import PUBLISH, Role

INVITATION_LASTS = datetime.timedelta(days=7)
# Recovery codes stand in for one of these, so they count for nothing alone.
SECOND_FACTORS = [Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP]


class User(AbstractUser):
    """Somebody who may sign in to the admin. Readers have no account."""

    # The one sign-in that whoever may publish has to set up a second factor.
    grace_taken_at = models.DateTimeField(null=True, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = "ユーザー"
        verbose_name_plural = "ユーザー"

    def get_full_name(self):
        # In Japanese the family name comes first.
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def name(self):
        """What others are told who it was."""
        return self.get_full_name() or self.get_username()

    @property
    def role(self):
        """The role, or None for somebody who has none and may do nothing."""
        if self.is_superuser:
            return Role.ADMINISTRATOR
        groups = {group.name for group in self.groups.all()}
        return next((role for role in Role if role in groups), None)

    def give_role(self, role):
        """Give it this role and no other; the sign-in with the new one is a fresh one."""
        self.is_superuser = False
        self.is_staff = True
        self.grace_taken_at = None
        self.save(update_fields=["is_superuser", "is_staff", "grace_taken_at"])
        self.groups.set([Group.objects.get(name=role)])
        self.end_sessions()

    @property
    def must_have_second_factor(self):
        """Whether it may change what citizens read."""
        return self.has_perm(PUBLISH)

    def lacks_second_factor(self):
        """Return whether it needs a second factor and has none."""
        return without_second_factor().filter(pk=self.pk).exists()

    def take_grace(self):
        """Return whether it may sign in this once without a second factor; nobody may twice."""
        unused = User.objects.filter(pk=self.pk, grace_taken_at=None)
        return bool(unused.update(grace_taken_at=timezone.now()))

    def end_sessions(self):
        """Sign it out wherever it is signed in."""
        for session in UserSession.objects.filter(user=self):
            session.end()


def without_second_factor():
    """Return the accounts that need a second factor and have none."""
    return User.objects.with_perm(PUBLISH).exclude(authenticator__type__in=SECOND_FACTORS)


class Invitation(models.Model):
    """A link by which somebody makes an account; there is no other way to one."""

    email = models.EmailField("メールアドレス")
    role = models.CharField("役割", max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name="招待した人", null=True, editable=False
    )
    expires_at = models.DateTimeField("期限", editable=False)
    accepted_at = models.DateTimeField("登録した日時", null=True, editable=False)

    class Meta:
        verbose_name = "招待"
        verbose_name_plural = "招待"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at=None),
                name="one_invitation_for_an_address",
            )
        ]

    def __str__(self):
        return self.email

    def save(self, *args, **kwargs):
        self.expires_at = self.expires_at or timezone.now() + INVITATION_LASTS
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Return the secret address. It is nowhere stored: the site's key makes it."""
        return reverse("invitation", args=[SIGNER.sign(self.pk)])

    @property
    def is_open(self):
        return self.accepted_at is None and timezone.now() < self.expires_at


SIGNER = signing.Signer(salt="invitation")


class ThrottleEntryQuerySet(models.QuerySet):
    def over(self):
        """Entries that no longer count: Django's cache forgets them only when it is full."""
        return self.filter(expires__lt=timezone.now())

    def attempts(self):
        """What holds a throttle, not the codes of an app that were used already."""
        return self.filter(cache_key__contains=":rl:")


class ThrottleEntry(models.Model):
    """A row of Django's cache in the database, where attempts to sign in are counted."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    objects = ThrottleEntryQuerySet.as_manager()

    class Meta:
        db_table = "throttle"
        # Nobody looks at it, and no role may.
        default_permissions = ()

    def __str__(self):
        return self.cache_key
