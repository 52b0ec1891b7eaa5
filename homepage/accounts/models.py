from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who may sign in to the admin. Readers have no account."""

    class Meta(AbstractUser.Meta):
        verbose_name = "ユーザー"
        verbose_name_plural = "ユーザー"
