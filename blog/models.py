import datetime
import uuid

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.functions import Coalesce, Greatest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats, timezone
from markdownx.models import MarkdownxField

from homepage import eras
from homepage.addresses import check_address_name
from homepage.edition import PublicModel, PublicQuerySet, change
from homepage.elections.models import Election
from homepage.elections.rules import Phase
from homepage.fields import LineField
from homepage.log.models import Action, record, subject_of
from homepage.revisions import KEPT, revisions
from homepage.trash import TrashableModel, TrashableQuerySet

from .desk.content import content_of
from .desk.models import PreviewLink, PublishRequest, WorkingCopy  # noqa: F401  (models of this app)
from .folding import searchable
from .history.models import Correction, Withdrawal
from .photos.models import Photo, remove_files
from .rendering import MOST_CHARACTERS, PHOTO_MARK, render
from .sentences import first_sentences
from .tags.fields import TagNamesField
from .tags.models import Tag
from .tags.names import check_line, key_of, line_of, names_in


class CategoryQuerySet(PublicQuerySet):
    def with_counts(self):
        """Return the fields of work with the `count` of their reports that a visitor may read now."""
        posts = Post.objects.published().filter(category=models.OuterRef("pk")).order_by()
        count = posts.values("category").annotate(count=models.Count("pk")).values("count")
        return self.annotate(count=Coalesce(models.Subquery(count), 0))


class Category(PublicModel):
    """A field of work that reports belong to."""

    name = LineField("名前", max_length=40, unique=True)
    slug = models.SlugField(
        "アドレスの名前",
        unique=True,
        validators=[check_address_name],
        help_text="例 disaster とすると、アドレスは /category/disaster/ になります。",
    )
    description = LineField(
        "取り組み",
        max_length=200,
        blank=True,
        help_text="この分野で目指すことを1文で。書くと、トップページの「取り組んでいること」に出ます。",
    )
    order = models.PositiveSmallIntegerField("順番", default=0, help_text="小さい順に並びます。")

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "分野"
        verbose_name_plural = "分野"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog:category", args=[self.slug])


class PublishedMonth(models.Func):
    """The month of a moment in Tokyo as one number, 202408: reports are grouped and found by it.

    The database keeps it in a column of its own, so it is right whoever wrote the row, and no
    archive has to convert times row by row.
    """

    output_field = models.IntegerField()

    def as_sqlite(self, compiler, connection):
        # Tokyo has had no summer time since 1951.
        day = "date(%(expressions)s, '+9 hours')"
        return self.as_sql(
            compiler,
            connection,
            template=f"CAST(replace(substr({day}, 1, 7), '-', '') AS integer)",
        )

    def as_postgresql(self, compiler, connection):
        local = "timezone('Asia/Tokyo', %(expressions)s)"
        return self.as_sql(
            compiler,
            connection,
            template=f"(EXTRACT(year FROM {local}) * 100 + EXTRACT(month FROM {local}))::integer",
        )


class PostQuerySet(TrashableQuerySet):
    def released(self):
        """Return the posts that a visitor may read now, or will at a moment to come."""
        return self.kept().filter(status=Post.Status.PUBLISHED)

    def published(self, at=None):
        """Return the posts a visitor may read now, or at the given moment."""
        return self.released().filter(published_at__lte=at or timezone.now())

    def waiting(self):
        """Return the posts that a polling day kept from becoming public by themselves."""
        return self.kept().filter(status=Post.Status.WAITING)

    def came_due(self, since, until):
        """Return the published posts whose moment lies after the first time and not after the second."""
        return self.published(until).filter(published_at__gt=since)

    def in_year(self, year):
        first = datetime.datetime(year, 1, 1, tzinfo=eras.TOKYO)
        return self.filter(published_at__gte=first, published_at__lt=first.replace(year=year + 1))

    def in_month(self, year, month):
        return self.filter(published_month=year * 100 + month)

    def months(self):
        """Return (202408, count) for each month that has posts, newest first."""
        return (
            self.order_by("-published_month")
            .values_list("published_month")
            .annotate(count=models.Count("pk"))
        )

    def for_lists(self):
        """Return the posts without their texts, which lists do not print."""
        return self.defer("body", "body_html", "body_text")

    def with_updated_at(self):
        """Return the posts with `updated_at`: since when they say what they say, slips aside."""
        corrections = Correction.objects.filter(post=models.OuterRef("pk"))
        latest = corrections.order_by("-corrected_at").values("corrected_at")[:1]
        published_at = models.F("published_at")
        # A report whose date was moved past its correction is as new as its date.
        return self.annotate(
            updated_at=Greatest(Coalesce(models.Subquery(latest), published_at), published_at)
        )

    def related_to(self, post, tags):
        """Return the other posts that have some of the tags: most of them first, then the nearest."""
        moment = models.F("published_at")
        distance = models.Case(
            models.When(published_at__lt=post.published_at, then=post.published_at - moment),
            default=moment - post.published_at,
            output_field=models.DurationField(),
        )
        others = self.published().exclude(pk=post.pk).filter(tags__in=tags)
        shared = others.annotate(shared=models.Count("tags"), distance=distance)
        return shared.order_by("-shared", "distance", "-pk")

    def before(self, post):
        """Return the posts that were public before this one, newest first."""
        # By its own moment alone: of two upper bounds SQLite may search by the later one.
        older = self.published(at=post.published_at)
        return older.exclude(published_at=post.published_at, pk__gte=post.pk)

    def after(self, post):
        """Return the posts that became public after this one, oldest first."""
        newer = self.published().filter(published_at__gte=post.published_at)
        return newer.exclude(published_at=post.published_at, pk__lte=post.pk).reverse()

    def delete(self):
        """Delete the posts; their attachments first, since a cascade would leave the files."""
        with change():
            Attachment.objects.filter(post__in=self).delete()
            return super().delete()

    # As Django's own: `Post.objects` has none, so that nobody deletes everything by mistake.
    delete.queryset_only = True


# Before it no era is known, after it no date can be turned into another zone's.
FIRST_MOMENT = datetime.datetime(eras.FIRST_DAY.year + 1, 1, 1, tzinfo=eras.TOKYO)
END_OF_TIME = datetime.datetime(9999, 1, 1, tzinfo=eras.TOKYO)


def check_published_at(value):
    """Raise ValidationError for a moment that no page could print."""
    if not FIRST_MOMENT <= value < END_OF_TIME:
        raise ValidationError(
            f"公開日時は{FIRST_MOMENT.year}年から{END_OF_TIME.year - 1}年までにしてください。"
        )


# Greetings on paper are forbidden, on the web they are not (公職選挙法147条の2、178条).
GREETINGS = set(map(key_of, ["挨拶", "あいさつ", "ご挨拶", "ごあいさつ", "お礼", "御礼"]))

SEARCHED = {"title", "body", "published_at", "tag_names"}


class Post(TrashableModel):
    """A report of what was done."""

    class Status(models.TextChoices):
        DRAFT = "draft", "下書き"
        PUBLISHED = "published", "公開"
        # It would have become public by itself on a polling day: somebody has to let it go.
        WAITING = "waiting", "待機"

    title = LineField("題名", max_length=120, blank=True, help_text="なくてもかまいません。")
    body = MarkdownxField("本文", max_length=MOST_CHARACTERS)
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        verbose_name="分野",
        related_name="posts",
        null=True,
        blank=True,
    )
    tag_names = TagNamesField(
        "タグ",
        blank=True,
        validators=[check_line],
        help_text="「、」か改行で区切ります。例 献血、若者",
    )
    status = models.CharField(
        "公開のしかた", max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    published_at = models.DateTimeField(
        "公開日時",
        null=True,
        blank=True,
        validators=[check_published_at],
        help_text="空欄なら、公開したときの日時になります。「公開」を選んで先の日時にすると、そのときに公開されます。",
    )
    published_month = models.GeneratedField(
        expression=PublishedMonth("published_at"),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )

    # What follows is made from the body whenever it is saved.
    body_html = models.TextField(editable=False)
    body_text = models.TextField(editable=False)
    excerpt = models.CharField(max_length=120, editable=False)
    first_photo = models.ForeignKey(
        Photo, models.SET_NULL, related_name="+", null=True, editable=False
    )

    # Made from the line of their names whenever it is saved.
    tags = models.ManyToManyField(Tag, related_name="posts", editable=False)

    # The desk's own number of a report that it has just begun: sent twice, it is still one report.
    desk_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = PostQuerySet.as_manager()
    revisions = revisions(
        [
            *("published_month", "body_html", "body_text", "excerpt", "first_photo"),
            *("desk_key", "trashed_at"),
        ]
    )

    class Meta:
        verbose_name = "活動報告"
        verbose_name_plural = "活動報告"
        permissions = [("publish_post", "活動報告を公開する")]
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(published_at__isnull=False),
                name="published_post_has_a_date",
            ),
        ]
        indexes = [
            # Back numbers and their counts, from the index alone.
            models.Index(
                fields=["status", "trashed_at", "published_month", "published_at"],
                name="post_month",
            ),
            # The newest reports, and the ones before and after a report.
            models.Index(
                fields=["status", "trashed_at", "-published_at", "-id"], name="post_newest"
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        self._date_if_published()
        if update_fields is None or "body" in update_fields:
            self.render_body()
            mark = PHOTO_MARK.search(self.body_html)
            self.first_photo = mark and Photo.objects.filter(pk=mark[1]).first()
        if update_fields is not None:
            follow = {
                "status": {"published_at"},
                "body": {"body_html", "body_text", "excerpt", "first_photo"},
            }
            update_fields = set(update_fields).union(
                *(follow.get(each, ()) for each in update_fields)
            )
        with change():
            has_tags = update_fields is None or "tag_names" in update_fields
            if has_tags:
                tags = Tag.objects.named(names_in(self.tag_names), self.is_released)
                # As the tags are called today, whatever was typed.
                self.tag_names = line_of(tag.name for tag in tags)
            super().save(*args, update_fields=update_fields, **kwargs)
            if has_tags:
                self.tags.set(tags)
            if update_fields is None or update_fields & SEARCHED:
                SearchText.objects.keep(self)
            # After the edition's lock, under which an election may have come.
            if self.is_scheduled and Election.objects.in_phase(
                Phase.POLLING_DAY, self.published_at
            ):
                self.wait()

    def delete(self, *args, **kwargs):
        with change():
            self.attachments.all().delete()
            return super().delete(*args, **kwargs)

    def wait(self):
        """Become public only when somebody lets it go: its moment lies on a polling day."""
        record(Action.HELD, f"{subject_of(self)}の予約 {eras.moment_in_words(self.published_at)}")
        self.status = self.Status.WAITING
        self._change_reason = "投票日のため待機にしました"
        self.save(update_fields=["status"])

    def withdraw(self, reason=""):
        """Put it into the trash, and leave at its address the reason, or only that it is gone."""
        with change():
            self.trash()
            Withdrawal.objects.update_or_create(
                number=self.pk,
                defaults={
                    "published_month": self.published_month,
                    "reason": reason,
                    "withdrawn_at": self.trashed_at,
                },
            )

    def restore(self):
        """Take it out of the trash, as it was: at its address it stands again."""
        with change():
            super().restore()
            Withdrawal.objects.filter(number=self.pk).delete()

    def render_body(self):
        """Make from the body what pages and lists print of it."""
        self.body_html, self.body_text = render(self.body)
        self.excerpt = opening(self.body_text)

    def keep_revision(self, text, user, reason):
        """Keep a text of this post that was never saved, such as a working copy, as a revision.

        `text` has the title, body, category_id, tag_names and published_at.
        """
        return self.revisions.create(
            id=self.pk,
            title=text.title,
            body=text.body,
            category_id=text.category_id,
            tag_names=text.tag_names,
            published_at=text.published_at,
            status=self.status,
            history_date=timezone.now(),
            history_type=KEPT,
            history_user=user,
            history_change_reason=reason,
        )

    def bring_back(self, revision, user):
        """Put the text of a revision at the desk: citizens read on what they read until a button saves it."""
        with transaction.atomic():
            # One after the other with a desk that is saving this post elsewhere.
            saved = Post.objects.select_for_update().get(pk=self.pk)
            text = {
                "title": revision.title,
                "body": revision.body,
                "category": Category.objects.filter(pk=revision.category_id).first(),
                "tag_names": revision.tag_names,
                # A version from before there was a date takes none away: it is in the address.
                "published_at": revision.published_at or saved.published_at,
            }
            copy = getattr(saved, "working_copy", None)
            if copy and content_of(copy) not in (
                content_of(saved),
                content_of(WorkingCopy(**text)),
            ):
                self.keep_revision(copy, copy.saved_by, "編集中だった文章")
            copy = WorkingCopy.objects.write(saved, user, **text)
            self.keep_revision(copy, user, f"{revision.moment}の版に戻しました")

    def get_absolute_url(self):
        """Return the address of a post that has a date, else None."""
        if self.published_at is None:
            return None
        day = timezone.localtime(self.published_at)
        return reverse("blog:post", args=[day.year, day.month, self.pk])

    def clean(self):
        self._date_if_published()

    def concerns_readers(self):
        return self.is_released

    def is_read_now(self):
        return self.is_public

    def _date_if_published(self):
        if self.status == self.Status.PUBLISHED and self.published_at is None:
            # To the minute, as the desk shows it; the report is public at once.
            self.published_at = timezone.now().replace(second=0, microsecond=0)

    @property
    def is_released(self):
        """Whether a visitor may read it now or later: of one post what `released()` says of many."""
        return self.status == self.Status.PUBLISHED and self.trashed_at is None

    @property
    def is_public(self):
        """Whether a visitor may read it now: of one post what `published()` says of many."""
        return self.is_released and self.published_at <= timezone.now()

    @property
    def is_scheduled(self):
        """Whether it becomes public by itself at a moment to come."""
        return self.is_released and not self.is_public

    @property
    def is_greeting(self):
        """Whether it is marked as a greeting or as thanks, by a tag: those are not for paper."""
        return not GREETINGS.isdisjoint(map(key_of, names_in(self.tag_names)))

    @property
    def short_name(self):
        """The title, or the first words of a post without one, for where the date stands beside it."""
        return self.title or shorten(self.excerpt, 28) or "題名のない報告"

    @property
    def summary(self):
        """Its first sentences, for whoever is shown a link to it."""
        return first_sentences(self.body_text) or self.name

    @property
    def name(self):
        """The title, or the date and the first words of a post without one."""
        if self.title:
            return self.title
        if self.published_at is None:
            return f"日付未定の報告 {shorten(self.excerpt, 20)}".strip()
        day = formats.date_format(timezone.localtime(self.published_at), "Y年n月j日")
        return f"{day}の報告 {shorten(self.excerpt, 20)}".strip()


class SearchTextManager(models.Manager):
    def keep(self, *posts):
        """Keep what search compares with of the posts, in place of what it had."""
        self.bulk_create(
            [
                SearchText(
                    post=post,
                    **searchable(post.title, post.body_text, post.published_at, post.tag_names),
                )
                for post in posts
            ],
            update_conflicts=True,
            unique_fields=["post"],
            update_fields=["title", "characters"],
        )


class SearchText(models.Model):
    """The words of a post in the one spelling of `folding`, which the database keeps an index of.

    On SQLite the index is a table of its own, which follows by triggers (migration 0011): whoever
    alters this model makes them anew.
    """

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="search_text")
    title = models.TextField()
    characters = models.TextField()

    objects = SearchTextManager()

    def __str__(self):
        return "\n".join(self.lines)

    @property
    def lines(self):
        """The title, the lines of the text, and what `searchable` puts after them."""
        return self.characters.replace(" ", "").split("\n")


def attachment_path(attachment, filename):
    return f"attachments/{uuid.uuid4()}.pdf"


class AttachmentQuerySet(PublicQuerySet):
    def delete(self):
        """Delete the attachments and, after commit, their files."""
        with change():
            remove_files(list(self.values_list("file", flat=True)))
            return super().delete()

    delete.queryset_only = True


class Attachment(PublicModel):
    """A PDF that goes with a report, such as a printed newsletter."""

    post = models.ForeignKey(
        Post, models.CASCADE, verbose_name="活動報告", related_name="attachments"
    )
    title = LineField(
        "名前",
        max_length=120,
        blank=True,
        help_text="例 議会だより 第12号。空欄なら、ファイルの名前になります。",
    )
    file = models.FileField("PDF", upload_to=attachment_path)
    # What the door found (attachments.py).
    size = models.PositiveIntegerField("大きさ", editable=False)
    pages = models.PositiveIntegerField("ページ数", editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "添付(PDF)"
        verbose_name_plural = "添付(PDF)"
        ordering = ["pk"]

    def __str__(self):
        return self.title or "PDF"

    def save(self, *args, **kwargs):
        """Save it: the file that is replaced goes after commit, a new one where saving fails."""
        stored = self._stored()
        try:
            with change():
                super().save(*args, **kwargs)
                if self.file.name not in stored:
                    remove_files(stored)
        except Exception:
            # The name of an upload that was not stored yet is the visitor's.
            if self.file.name.startswith("attachments/") and self.file.name not in stored:
                default_storage.delete(self.file.name)
            raise

    def delete(self, *args, **kwargs):
        with change():
            remove_files(self._stored())
            return super().delete(*args, **kwargs)

    def concerns_readers(self):
        return self.post.concerns_readers()

    def is_read_now(self):
        return self.post.is_read_now()

    def _stored(self):
        """Return the names of its files as its row has them: a form may have set another here."""
        return list(Attachment.objects.filter(pk=self.pk).values_list("file", flat=True))

    @property
    def extent(self):
        """What a reader wants to know before loading it: 1.2MB、8ページ."""
        # Without the space that Django sets, which would not break either.
        size = filesizeformat(self.size).replace("\xa0", "")
        return f"{size}、{self.pages}ページ"


def opening(text):
    """Return the first paragraph of a plain text, or the first few where they are short."""
    words = ""
    for line in text.splitlines():
        if len(words) >= 40:
            break
        words += f" {line}" if words and words[-1].isascii() else line
    return shorten(words, 100)


def shorten(text, length):
    """Return the text, cut to so many characters with … where it is longer."""
    if len(text) <= length:
        return text
    return text[: length - 1].rstrip("、。, ") + "…"
