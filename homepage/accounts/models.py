from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who may sign in to the admin. Readers have no account."""

    class Meta(AbstractUser.Meta):
        verbose_name = "ユーザー"
        verbose_name_plural = "ユーザー"

    def get_full_name(self):
        """Return the name as Japanese names are written, the family's first."""
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def name(self):
        """What others are told who it was."""
        return self.get_full_name() or self.get_username()
