from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who may sign in to the admin. Readers have no account."""

    class Meta(AbstractUser.Meta):
        verbose_name = "利用者"
        verbose_name_plural = "利用者"
