import datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone

from homepage.edition import PublicModel
from homepage.fields import LineField

from .comparison import compare, only_changes


class Correction(PublicModel):
    """A change of a published report that citizens are told about."""

    post = models.ForeignKey(
        "blog.Post", models.CASCADE, verbose_name="活動報告", related_name="corrections"
    )
    sentence = LineField("訂正・追記の内容", max_length=200)
    corrected_at = models.DateTimeField("日時", default=timezone.now)
    # The report as plain text, with its title as first line.
    before = models.TextField()
    after = models.TextField()

    class Meta:
        verbose_name = "訂正・追記"
        verbose_name_plural = "訂正・追記"
        ordering = ["corrected_at", "pk"]

    def __str__(self):
        return self.sentence

    def concerns_readers(self):
        return self.post.concerns_readers()

    def is_read_now(self):
        return self.post.is_read_now()

    def changes(self):
        """Return the lines that changed and those around them; nothing where no word did."""
        return only_changes(compare(self.before, self.after))


class Withdrawal(PublicModel):
    """What stands at the address of a report that was taken down; it outlasts the report."""

    number = models.PositiveBigIntegerField(primary_key=True)
    # As the report had it, 202408: nothing stands under other months.
    published_month = models.PositiveIntegerField()
    # Without a reason nothing is said but that it is gone.
    reason = LineField("取り下げの理由", max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"報告{self.number}の取り下げ"

    def get_absolute_url(self):
        return reverse("blog:post", args=[*divmod(self.published_month, 100), self.number])

    @property
    def month(self):
        """The first day of the month that the report was in."""
        return datetime.date(*divmod(self.published_month, 100), 1)
