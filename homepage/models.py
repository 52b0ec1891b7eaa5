import re
import uuid
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from markdownx.models import MarkdownxField

from .addresses import check_address_name, check_site_address, check_slug_is_free
from .edition import PublicModel, PublicQuerySet
from .elections.models import CautionWord, Election  # noqa: F401  (models of this app)
from .elections.rules import Phase
from .fields import LineField
from .log.models import FullAddress, LogEntry, LogHead  # noqa: F401  (models of this app)
from .revisions import KEPT, revisions
from .trash import TrashableModel, TrashableQuerySet


def portrait_path(profile, filename):
    return f"portraits/{uuid.uuid4()}{Path(filename).suffix}"


# Domains that are nobody's (RFC 2606, and JPRS's example.jp).
EXAMPLE = re.compile(r"[@.]example\.(?:jp|com|net|org)$")


CONTACT_IN_CAMPAIGN = (
    "選挙運動期間です。連絡先を出すことは法律の定めなので(公職選挙法142条の3)、"
    "見本のアドレスにはできません。"
)


class ProfileQuerySet(PublicQuerySet):
    def current(self):
        """Return the profile of this site, or None where the site is not set up yet."""
        return self.first()


class Profile(PublicModel):
    """The politician, who answers for the site. There is exactly one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    family_name = LineField("姓", max_length=40)
    given_name = LineField("名", max_length=40)
    family_name_reading = LineField("姓の読み", max_length=80)
    given_name_reading = LineField("名の読み", max_length=80)
    office = LineField("役職", max_length=80, help_text="例 見本市議会議員")
    term_ends_on = models.DateField(
        "任期が終わる日",
        null=True,
        blank=True,
        help_text="過ぎた後に報告を公開しようとすると、役職を確かめるよう出ます。",
    )
    municipality = LineField("市区町村", max_length=80, blank=True)
    party = LineField("党派", max_length=80, blank=True, default="無所属")
    catchphrase = models.TextField(
        "キャッチフレーズ",
        max_length=60,
        blank=True,
        help_text="トップページに縦書きで出ます。1行12字まで、2行までが読みやすい長さです。",
    )
    portrait = models.ImageField(
        "顔写真",
        upload_to=portrait_path,
        width_field="portrait_width",
        height_field="portrait_height",
        blank=True,
    )
    portrait_width = models.PositiveIntegerField(null=True, editable=False)
    portrait_height = models.PositiveIntegerField(null=True, editable=False)
    # The same picture, smaller; one from before that could not be read again has none.
    portrait_avif = models.FileField(upload_to=portrait_path, blank=True, editable=False)
    biography = MarkdownxField(
        "略歴",
        blank=True,
        help_text="トップページの名前の下に出ます。2、3文が目安です。",
    )
    email = models.EmailField("連絡先メールアドレス", help_text="すべてのページに出ます。")
    telephone = LineField("電話番号", max_length=40, blank=True)
    office_address = LineField("事務所の住所", max_length=200, blank=True)
    accent = models.CharField(
        "サイトの色",
        max_length=7,
        default="#35634a",
        validators=[
            RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", "色は #35634a のように入力してください。")
        ],
    )
    address = models.CharField(
        "サイトのアドレス",
        max_length=100,
        validators=[check_site_address],
        help_text="QRコードに入ります。例 https://mihon.example.jp",
    )
    # The ids in the feeds are made of it: they outlast the address, which a site may change.
    feed_key = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = "サイト管理者"
        verbose_name_plural = "サイト管理者"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_exactly_one_profile"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.address = self.address.rstrip("/")
        super().save(*args, **kwargs)

    def clean(self):
        if not self.has_real_email and Election.objects.in_phase(Phase.CAMPAIGN, timezone.now()):
            raise ValidationError({"email": CONTACT_IN_CAMPAIGN})

    def get_absolute_url(self):
        return reverse("front")

    @property
    def name(self):
        return f"{self.family_name} {self.given_name}"

    @property
    def has_real_email(self):
        """Whether the contact is more than the sample's."""
        return not EXAMPLE.search(self.email)

    @property
    def reading(self):
        return f"{self.family_name_reading} {self.given_name_reading}"


class Link(PublicModel):
    """Another place on the web where the politician is found."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="links")
    label = LineField("名前", max_length=40)
    url = models.URLField("アドレス")
    order = models.PositiveSmallIntegerField("順番", default=0)

    class Meta:
        verbose_name = "リンク(SNSなど)"
        verbose_name_plural = "リンク(SNSなど)"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.label


class PageQuerySet(TrashableQuerySet):
    def published(self):
        """Return the pages that citizens can read."""
        return self.kept().filter(is_published=True)


class Page(TrashableModel):
    """A page that stands by itself: profile, policies, privacy."""

    title = LineField("題名", max_length=60)
    slug = models.SlugField(
        "アドレスの名前",
        unique=True,
        validators=[check_address_name, check_slug_is_free],
        help_text="例 policies とすると、ページのアドレスは /policies/ になります。",
    )
    body = MarkdownxField("本文", max_length=300_000)
    is_published = models.BooleanField("公開する", default=True)
    in_menu = models.BooleanField(
        "メニューに出す",
        default=True,
        help_text="出さないページは、各ページのいちばん下からたどれます。",
    )
    order = models.PositiveSmallIntegerField("順番", default=0, help_text="小さい順に並びます。")

    objects = PageQuerySet.as_manager()
    revisions = revisions(["trashed_at"])

    class Meta:
        verbose_name = "固定ページ"
        verbose_name_plural = "固定ページ"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("page", args=[self.slug])

    def concerns_readers(self):
        return self.is_published and super().concerns_readers()

    is_read_now = concerns_readers

    def unique_error_message(self, model_class, unique_check):
        """Return what is said of an address that is taken, be it by a page that nobody sees."""
        taken = Page.objects.trashed().filter(slug=self.slug).first()
        if unique_check == ("slug",) and taken:
            return ValidationError(
                f"ごみ箱にある「{taken}」のアドレスです。もとに戻すか、ごみ箱から完全に削除するか、"
                "ほかの名前にしてください。"
            )
        return super().unique_error_message(model_class, unique_check)

    def keep_revision(self, title, body, user):
        """Keep a title and text that a polling day let nobody save, as a revision."""
        self.revisions.create(
            id=self.pk,
            title=title,
            slug=self.slug,
            body=body,
            is_published=self.is_published,
            in_menu=self.in_menu,
            order=self.order,
            history_date=timezone.now(),
            history_type=KEPT,
            history_user=user,
            history_change_reason="投票日に保存しなかった文章",
        )

    def bring_back(self, revision, user):
        """Save the title and text of a revision again: a new one, by whom the request is from."""
        self.title, self.body = revision.title, revision.body
        self._change_reason = f"{revision.moment}の版に戻しました"
        self.save()


class Edition(models.Model):
    """The number of what citizens can read, as of the last change that somebody made."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_exactly_one_edition"),
        ]

    def __str__(self):
        return f"第{self.number}版"
